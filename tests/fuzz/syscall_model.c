/*
 * What a step of a process must end in, written from the text of abi/syscalls.def and not from the kernel. Calls whose
 * result the ABI leaves open are held to the errors of their rows.
 */
#include <string.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/process.h"
#include "abi/syscalls.h"
#include "tests/fuzz/syscall_bytes.h"
#include "tests/fuzz/syscall_process.h"

/* By number: the errors that the call's row says it may answer; zeros end them. */
static const int errors[][12] = {
#define NO_ERRORS 0
#define ERRORS(...) __VA_ARGS__
#define ERROR(error, text) PANTHER_##error
#define SYSCALL(number, name, since, summary, arguments, errors, result) [number] = {errors},
#include "abi/syscalls.def"
#undef SYSCALL
#undef ERROR
#undef ERRORS
#undef NO_ERRORS
};

#define CALLS (sizeof(errors) / sizeof(errors[0]))

static bool is_call(const struct twin_step *step)
{
	return step->immediate == 0 && step->number < CALLS;
}

bool model_may_call(const struct model_process *model)
{
	return is_call(&model->last) && (model->calls & PANTHER_CALL_BIT(model->last.number)) != 0;
}

/* Is the result none of a failure, or that of a failure that the call's row names? */
static bool is_declared(uint64_t number, int64_t result)
{
	/* The time counts in 64 bits, as programs that slept long enough find out. */
	bool is_known = result >= 0 || number == SYS_clock;

	for (const int *error = errors[number]; !is_known && *error != 0; error++) {
		is_known = result == -*error;
	}
	return is_known;
}

void model_expect(const struct model_process *model, int64_t result, int64_t expected)
{
	if (result != expected) {
		model_fail(model, "wrong result", (uint64_t)result);
	}
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* -EINVAL, -EFAULT, or what the bytes taken are: for calls with a buffer of which they take a part. */
static int64_t buffer_result(struct model_process *model, uint64_t address, uint64_t length, uint64_t chunk,
			     uint8_t access)
{
	uint64_t part = smaller(length, chunk);

	if (length > PANTHER_IO_MAX) {
		return -PANTHER_EINVAL;
	}
	if (!model_is_user_range(address, length) || !model_allows(model, address, part, access) ||
	    model_copy_faults(model, part)) {
		return -PANTHER_EFAULT;
	}
	return (int64_t)part;
}

static int64_t write_result(struct model_process *model)
{
	const uint64_t *x = model->last.arguments;

	if (x[0] != 1 && x[0] != 2) {
		return -PANTHER_EBADF;
	}
	return buffer_result(model, x[1], x[2], PANTHER_WRITE_CHUNK, PANTHER_READ);
}

static void judge_write(struct model_process *model, int64_t result)
{
	model_expect(model, result, write_result(model));
}

static void judge_random(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;

	model_expect(model, result, buffer_result(model, x[0], x[1], PANTHER_RANDOM_CHUNK, PANTHER_WRITE));
}

/* How much input there was is the world's business: of the part taken that many bytes were writable, or not all were.
 */
static void judge_read(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	int64_t most = x[0] != 0 ? -PANTHER_EBADF : buffer_result(model, x[1], x[2], PANTHER_READ_CHUNK, PANTHER_WRITE);

	if (model_may_have_faulted(model, result)) {
		return;
	}
	if (result <= 0 || most == 0) {
		model_expect(model, result, most);
	} else if ((uint64_t)result > smaller(x[2], PANTHER_READ_CHUNK) || x[0] != 0 ||
		   !model_is_user_range(x[1], x[2]) || x[2] > PANTHER_IO_MAX ||
		   !model_allows(model, x[1], (uint64_t)result, PANTHER_WRITE)) {
		model_fail(model, "more was read than could be", (uint64_t)result);
	}
}

static void judge_getpid(struct model_process *model, int64_t result)
{
	model_expect(model, result, (int64_t)model->pid);
}

static void judge_yield(struct model_process *model, int64_t result)
{
	model_expect(model, result, 0);
}

static void judge_clock(struct model_process *model, int64_t result)
{
	if ((uint64_t)result < model->player.now || (uint64_t)result > model_now()) {
		model_fail(model, "a time that is not now", (uint64_t)result);
	}
}

static void judge_sleep(struct model_process *model, int64_t result)
{
	uint64_t until = model->last.arguments[0];

	model_expect(model, result, until > INT64_MAX ? -PANTHER_EINVAL : 0);
	if (result == 0 && model_now() < until) {
		model_fail(model, "it woke before its time", model_now());
	}
}

static void judge_restrict(struct model_process *model, int64_t result)
{
	uint64_t all = PANTHER_CALL_BIT(CALLS) - 1;
	uint64_t kept = model->last.arguments[0];

	model_expect(model, result, (kept & ~all) != 0 ? -PANTHER_EINVAL : 0);
	if (result == 0) {
		model->calls &= kept | PANTHER_CALL_BIT(SYS_exit);
	}
}

static uint64_t record_size(uint64_t topic)
{
	static const uint64_t sizes[] = {
		[PANTHER_INFO_PROCESS] = sizeof(struct panther_process_info),
		[PANTHER_INFO_PROGRAM] = sizeof(struct panther_program_info),
		[PANTHER_INFO_MEMORY] = sizeof(struct panther_memory_info),
		[PANTHER_INFO_LIMITS] = sizeof(struct panther_limits_info),
	};

	return topic < sizeof(sizes) / sizeof(sizes[0]) ? sizes[topic] : 0;
}

static void judge_info(struct model_process *model, int64_t result)
{
	const uint64_t *x = model->last.arguments;
	uint64_t size = record_size(x[0]);
	bool is_numbered = x[0] == PANTHER_INFO_PROCESS || x[0] == PANTHER_INFO_PROGRAM;

	if (size == 0 || (!is_numbered && x[1] != 0) || x[3] < size || x[3] > PANTHER_IO_MAX) {
		model_expect(model, result, -PANTHER_EINVAL);
	} else if (!model_is_user_range(x[2], x[3])) {
		model_expect(model, result, -PANTHER_EFAULT);
	} else if (result == -PANTHER_ENOENT) {
		model_expect(model, result, is_numbered && model_lacks_record(model) ? -PANTHER_ENOENT : (int64_t)size);
	} else {
		bool is_writable = model_allows(model, x[2], size, PANTHER_WRITE) && !model_copy_faults(model, size);

		model_expect(model, result, is_writable ? (int64_t)size : -PANTHER_EFAULT);
	}
}

static void judge_exit(struct model_process *model, int64_t result)
{
	model_fail(model, "exit returned", (uint64_t)result);
}

/* By number. A call that is not here is held to what its row declares. */
static void (*const judges[])(struct model_process *model, int64_t result) = {
	[SYS_exit] = judge_exit,
	[SYS_write] = judge_write,
	[SYS_read] = judge_read,
	[SYS_getpid] = judge_getpid,
	[SYS_yield] = judge_yield,
	[SYS_clock] = judge_clock,
	[SYS_sleep] = judge_sleep,
	[SYS_spawn] = model_judge_spawn,
	[SYS_wait] = model_judge_wait,
	[SYS_kill] = model_judge_kill,
	[SYS_map] = model_judge_map,
	[SYS_unmap] = model_judge_unmap,
	[SYS_protect] = model_judge_protect,
	[SYS_random] = judge_random,
	[SYS_restrict] = judge_restrict,
	[SYS_info] = judge_info,
};

static void judge_call(struct model_process *model, int64_t result)
{
	uint64_t number = model->last.number;

	if (!is_declared(number, result)) {
		model_fail(model, "an error that the call's row does not name", (uint64_t)result);
	}
	if (number < sizeof(judges) / sizeof(judges[0]) && judges[number] != NULL) {
		judges[number](model, result);
	}
}

static void judge_svc(struct model_process *model, int64_t result)
{
	if (!is_call(&model->last)) {
		model_expect(model, result, -PANTHER_ENOSYS);
	} else if (!model_may_call(model)) {
		model_expect(model, result, -PANTHER_EPERM);
	} else {
		judge_call(model, result);
	}
	model_judge_stores(model, result);
}

static void judge_registers(struct model_process *model, const struct hal_context *context)
{
	for (unsigned i = 1; i < 31; i++) {
		if (context->x[i] != model->context.x[i]) {
			model_fail(model, "a register changed", i);
		}
	}
	if (context->sp != model->context.sp) {
		model_fail(model, "the stack pointer changed", context->sp);
	}
	if (context->pstate != model->context.pstate) {
		model_fail(model, "the flags changed", context->pstate);
	}
	if (context->pc != model->context.pc) {
		model_fail(model, "it goes on somewhere else", context->pc);
	}
}

void model_begin_call(struct model_process *model)
{
	switch (model->last.number) {
	case SYS_write:
		model_begin_write(model);
		break;
	case SYS_spawn:
		model_begin_spawn(model);
		break;
	case SYS_kill:
		model_begin_kill(model);
		break;
	default:
		break;
	}
}

void model_judge(struct model_process *model, const struct hal_context *context)
{
	const struct twin_step *last = &model->last;

	judge_registers(model, context);
	if (last->kind == TWIN_SVC) {
		judge_svc(model, (int64_t)context->x[0]);
	} else if (last->kind == TWIN_FP_STORE && context->x[0] != model->vector) {
		model_fail(model, "a SIMD register changed", context->x[0]);
	} else if (last->kind == TWIN_READ_THREAD_POINTER && context->x[0] != model->thread_pointer) {
		model_fail(model, "the thread pointer changed", context->x[0]);
	}
}

size_t model_printed(struct model_process *model)
{
	int64_t result;

	if (model->last.kind != TWIN_SVC || model->last.number != SYS_write || !model_may_call(model)) {
		return 0;
	}
	result = write_result(model);
	return result < 0 ? 0 : (size_t)result;
}

bool model_faults(struct model_process *model)
{
	const struct twin_step *last = &model->last;

	switch (last->kind) {
	case TWIN_LOAD:
		return !model_allows(model, last->address, last->size, PANTHER_READ);
	case TWIN_STORE:
		return !model_allows(model, last->address, last->size, PANTHER_WRITE);
	case TWIN_UNDEFINED:
		return true;
	default:
		return false;
	}
}

bool model_has_next(struct model_process *model)
{
	return model_allows(model, model->last.at, 4, PANTHER_EXECUTE) && model->context.pc % 4 == 0 &&
	       model_allows(model, model->context.pc, 4, PANTHER_EXECUTE);
}
