#include "hal_host/time.h"

#include <string.h>

#include "hal/cpu.h"
#include "hal_host/interrupt.h"
#include "hal_host/state.h"
#include "hal_host/twin.h"

#define NEVER UINT64_MAX

uint64_t hal_time_ticks(void)
{
	return twin.ticks;
}

uint64_t hal_time_frequency(void)
{
	return twin.options.frequency;
}

/* The event that comes first; of several at one tick the one that was asked for first. */
static struct event *first_event(void)
{
	struct event *first = NULL;

	for (size_t i = 0; i < twin.event_count; i++) {
		if (first == NULL || twin.events[i].tick < first->tick) {
			first = &twin.events[i];
		}
	}
	return first;
}

/* The function may ask for more events, or end the machine. */
static void happen(struct event *event)
{
	struct event copy = *event;
	size_t index = (size_t)(event - twin.events);

	twin.event_count--;
	memmove(event, event + 1, (twin.event_count - index) * sizeof(*event));
	copy.function(copy.owner);
}

/* Time never goes back: an event may have let some pass by itself. */
static void reach(uint64_t tick)
{
	if (twin.ticks < tick) {
		twin.ticks = tick;
	}
}

static uint64_t after(uint64_t ticks)
{
	return ticks > NEVER - twin.ticks ? NEVER : twin.ticks + ticks;
}

/* The next moment at which anything happens; NEVER if nothing does. */
static uint64_t next_moment(void)
{
	const struct event *event = first_event();
	uint64_t moment = event == NULL ? NEVER : event->tick;

	return twin.deadline > twin.ticks && twin.deadline < moment ? twin.deadline : moment;
}

/* Goes to that moment, which brings one event or the timer's deadline. */
static void go_to(uint64_t moment)
{
	struct event *event = first_event();

	reach(moment);
	if (event != NULL && event->tick <= moment) {
		happen(event);
	}
}

void twin_advance(uint64_t ticks)
{
	uint64_t end = after(ticks);

	for (struct event *event = first_event(); event != NULL && event->tick <= end; event = first_event()) {
		reach(event->tick);
		happen(event);
	}
	reach(end);
}

uint64_t time_pass(uint64_t ticks)
{
	uint64_t end = after(ticks);

	while (!interrupt_is_pending() && next_moment() < end) {
		go_to(next_moment());
	}
	if (!interrupt_is_pending() && twin.ticks < end) {
		twin_advance(end - twin.ticks);
	}
	return twin.ticks < end ? end - twin.ticks : 0;
}

bool time_pass_until_interrupt(void)
{
	while (!interrupt_is_pending()) {
		if (next_moment() == NEVER) {
			return false;
		}
		go_to(next_moment());
	}
	return true;
}

void twin_at(uint64_t ticks_from_now, twin_event *event, void *owner)
{
	if (twin.event_count == TWIN_EVENTS_MAX) {
		twin_abort("script", "more than %d events", TWIN_EVENTS_MAX);
	}
	twin.events[twin.event_count++] =
		(struct event){.tick = after(ticks_from_now), .function = event, .owner = owner};
}

void twin_step_ticks(uint64_t ticks)
{
	twin.step_ticks = ticks;
}
