#include "tests/script/script_names.h"
#include "tests/script/script_text.h"

/* Larger ones are more readable as distances from 0. */
#define DECIMAL_MAX 4095

static void print_number(FILE *output, uint64_t value)
{
	fprintf(output, value <= DECIMAL_MAX ? "%llu" : "0x%llx", (unsigned long long)value);
}

static void print_operand(FILE *output, uint8_t base, uint64_t value)
{
	if (base == SCRIPT_ABSOLUTE) {
		print_number(output, value);
		return;
	}
	fputs(script_base_name(base), output);
	if (value > INT64_MAX) {
		fputc('-', output);
		print_number(output, 0 - value);
	} else if (value != 0) {
		fputc('+', output);
		print_number(output, value);
	}
}

static void print_call(FILE *output, const struct script_step *step)
{
	const char *name = script_call_name(step->number);

	if (step->immediate != 0) {
		fprintf(output, "#%u", step->immediate);
	}
	fputc(' ', output);
	if (name != NULL) {
		fputs(name, output);
	} else {
		print_number(output, step->number);
	}
}

void script_print_step(FILE *output, const struct script_step *step)
{
	unsigned count = SCRIPT_OPERANDS;

	while (count > 0 && step->values[count - 1] == 0 && step->bases[count - 1] == SCRIPT_ABSOLUTE) {
		count--;
	}
	fprintf(output, "%u %s", step->process, script_kind_name(step->kind));
	if (step->kind == SCRIPT_CALL) {
		print_call(output, step);
	} else if (step->size != 0) {
		fprintf(output, "%u", step->size);
	}
	for (unsigned i = 0; i < count; i++) {
		fputc(' ', output);
		print_operand(output, step->bases[i], step->values[i]);
	}
}

void script_print(FILE *output, const struct script *script)
{
	if (script->pace != 0) {
		fprintf(output, "pace %u\n", script->pace);
	}
	for (size_t i = 0; i < script->count; i++) {
		script_print_step(output, &script->steps[i]);
		fputc('\n', output);
	}
}
