#include "tests/fuzz/syscall_world.h"

#include "core/kernel.h"
#include "hal_host/twin.h"
#include "tests/fuzz/syscall_bytes.h"
#include "tests/fuzz/syscall_end.h"
#include "tests/support/require.h"

#define FIRST_PAUSE (1UL << 16)
#define LAST_PAUSE (1UL << 61)
#define HELD_FRAMES_MAX 8192
#define HELD_BLOCKS_MAX (HEAP_SIZE / sizeof(struct process) + 1)

static struct world {
	uint64_t pause;		      /* until somebody types again, in ticks */
	uint64_t owner;		      /* whose step is played while something is held; 0: nothing is */
	uint64_t hidden[REGIONS_MAX]; /* frames by which each region looks smaller than it is */
	uint64_t hidden_count;
	size_t frame_count;
	size_t block_count;
} world;

static phys_addr frames[HELD_FRAMES_MAX];
static void *blocks[HELD_BLOCKS_MAX];

/* Whoever reads gets something in the end. While nobody does the pauses grow, so that a long sleep costs little. */
static void type_again(void *unused)
{
	(void)unused;
	if (end_somebody_is(PROCESS_READING)) {
		stream_type((const uint8_t *)"\n", 1);
		world.pause = FIRST_PAUSE;
	} else if (world.pause < LAST_PAUSE) {
		world.pause *= 2;
	}
	twin_at(world.pause, type_again, NULL);
}

/* How much was typed and read before: so much that scripts, which are short, get to the end of the kernel's ring. */
#define TYPED_BEFORE (INPUT_SIZE - 24)

void world_age(void)
{
	for (size_t left = TYPED_BEFORE; left != 0; left--) {
		twin_console_type("", 1);
		REQUIRE(input_receive(&kernel.input));
		input_consume(&kernel.input, 1);
	}
}

void world_begin(void)
{
	world_restore();
	twin_at(world.pause, type_again, NULL);
}

void world_restore(void)
{
	world.pause = FIRST_PAUSE;
	world.owner = 0;
	world.hidden_count = 0;
	world.frame_count = 0;
	world.block_count = 0;
	model_world = (struct model_world){0};
	stream_begin();
}

/* Those that nobody ever had: their region looks as if its RAM ended earlier. */
static void hide_fresh_frames(uint64_t left)
{
	for (size_t i = 0; i < kernel.frames.region_count; i++) {
		struct frame_region *region = &kernel.frames.regions[i];
		uint64_t fresh = region->frame_count - region->watermark;
		uint64_t kept = fresh < left ? fresh : left;

		left -= kept;
		world.hidden[i] = fresh - kept;
		region->frame_count -= (uint32_t)world.hidden[i];
		kernel.frames.free_count -= world.hidden[i];
		world.hidden_count += world.hidden[i];
	}
}

static void show_fresh_frames(void)
{
	for (size_t i = 0; i < kernel.frames.region_count && world.hidden_count != 0; i++) {
		kernel.frames.regions[i].frame_count += (uint32_t)world.hidden[i];
		kernel.frames.free_count += world.hidden[i];
	}
	/* A region that was gone through is looked at again. */
	kernel.frames.current = world.hidden_count != 0 ? 0 : kernel.frames.current;
	world.hidden_count = 0;
}

static void hold_frames(uint64_t left)
{
	uint64_t fresh = 0;

	for (size_t i = 0; i < kernel.frames.region_count; i++) {
		fresh += kernel.frames.regions[i].frame_count - kernel.frames.regions[i].watermark;
	}
	for (uint64_t freed = kernel.frames.free_count - fresh; freed > left; freed--) {
		REQUIRE(frames_allocate(&kernel.frames, &frames[world.frame_count]) == K_OK);
		world.frame_count++;
	}
	hide_fresh_frames(left - (kernel.frames.free_count - fresh));
	REQUIRE(kernel.frames.free_count <= left);
}

/* Blocks as large as what the kernel has on its heap: processes. */
static void hold_blocks(uint64_t left)
{
	while ((blocks[world.block_count] = heap_allocate(&kernel.heap, sizeof(struct process))) != NULL) {
		world.block_count++;
	}
	for (; left != 0 && world.block_count != 0; left--) {
		heap_free(&kernel.heap, blocks[--world.block_count]);
	}
}

static void be_scarce(const struct model_process *model, const struct script_step *step, uint64_t left)
{
	if (world.owner != 0 && world.owner != model->pid) {
		return;
	}
	world_give_back();
	world.owner = model->pid;
	model_world.was_scarce = true;
	if (step->kind == SCRIPT_SCARCE_FRAMES) {
		hold_frames(left);
	} else {
		hold_blocks(left);
	}
}

void world_give_back(void)
{
	show_fresh_frames();
	while (world.frame_count != 0) {
		frames_free(&kernel.frames, frames[--world.frame_count]);
	}
	while (world.block_count != 0) {
		heap_free(&kernel.heap, blocks[--world.block_count]);
	}
	world.owner = 0;
}

void world_step_is_over(const struct model_process *model)
{
	const struct process *owner;

	if (world.owner == 0) {
		return;
	}
	owner = process_table_find(&kernel.processes, world.owner);
	if (model->pid == world.owner || owner == NULL || owner->state == PROCESS_ENDING ||
	    owner->state == PROCESS_ENDED) {
		world_give_back();
	}
}

uint64_t world_held_frames(void)
{
	return world.frame_count + world.hidden_count;
}

static void type(uint64_t count)
{
	static const uint8_t text[64] = "typed while programs are running, and some of it is lost, alas";

	stream_type(text, count % (sizeof(text) + 1));
}

static void change_memory(struct model_process *model, uint64_t address, uint64_t value)
{
	if (model_allows(model, address, sizeof(value), PANTHER_WRITE)) {
		(void)twin_user_write(twin_live_space(), address, &value, sizeof(value));
	}
}

#define NOISE_MAX 32
#define UNKNOWN_INTERRUPTS 16
#define ADVANCE_MAX (1UL << 40)

void world_do(struct model_process *model, const struct script_step *step)
{
	uint64_t value = script_operand(&model->player, step, 0);

	switch (step->kind) {
	case SCRIPT_COPY_FAULT:
		model->copy_faults = true;
		model->copy_fault_at = value;
		break;
	case SCRIPT_CHANGE_AFTER_FETCH:
		twin_change_after_fetch(value != 0);
		break;
	case SCRIPT_CHANGE_MEMORY:
		change_memory(model, value, script_operand(&model->player, step, 1));
		break;
	case SCRIPT_SCARCE_FRAMES:
	case SCRIPT_SCARCE_HEAP:
		be_scarce(model, step, value);
		break;
	case SCRIPT_TYPE:
		type(value);
		break;
	case SCRIPT_NOISE:
		stream_noise(value % NOISE_MAX);
		break;
	case SCRIPT_INTERRUPT:
		twin_interrupt_raise((uint32_t)(TWIN_UART_INTERRUPT + 1 + value % UNKNOWN_INTERRUPTS));
		break;
	case SCRIPT_SPURIOUS:
		twin_interrupt_spurious();
		break;
	default:
		REQUIRE(step->kind == SCRIPT_ADVANCE);
		twin_advance(value % ADVANCE_MAX);
	}
}
