"""Calls: their numbers, their arguments, and what a process may have."""

from __future__ import annotations

from typing import Tuple

from edited_tree import Edit
from mitigation import Mitigation, one_edit

DISPATCH = "core/syscall/dispatch.h"
SPAWN = "core/syscall/spawn.c"
WRITE = "core/syscall/write.c"
READ = "core/syscall/read.c"
WAIT = "core/syscall/wait.c"

CALLS: Tuple[Mitigation, ...] = (
    Mitigation(
        "the table's bound",
        "numbers of calls are compared as 64 bits",
        (Edit("core/syscall/dispatch.h", "if (K_LIKELY(number < syscall_count)) {", "if ((uint32_t)number < syscall_count) {"),),
        ("A03", "A04"),
    ),
    Mitigation(
        "svc 0 only",
        "svc with another immediate is no call",
        (Edit("core/trap/trap.h", "trap.esr == SYNDROME_SVC_0)", "(trap.esr & ~(uint64_t)0xffff) == SYNDROME_SVC_0)"),),
        ("A07",),
    ),
    Mitigation(
        "restrict",
        "what was given up is gone",
        (Edit("core/syscall/dispatch.h", "(process->calls >> number & 1) != 0", "process->calls != 0"),),
        ("R23",),
    ),
    Mitigation(
        "rights of children",
        "a child has no right that its parent lacks",
        (Edit("core/syscall/spawn.c", "(options->calls & ~process->calls) != 0 || ", ""),),
        ("R23",),
    ),
    Mitigation(
        "generations of ids",
        "an id means one process for ever",
        (Edit("core/process/table.c", "\ttable->next_ids[slot] += PROCESS_SLOTS;\n", ""),),
        ("A30",),
    ),

    Mitigation(
        "limit on frames",
        "each process has a limit on its memory",
        (Edit("core/memory/address_space.h", "space->frames_used < space->frames_max", "space->frames_used != UINT32_MAX"),),
        ("R12", "R15"),
    ),
    Mitigation(
        "limit on children",
        "each process has a limit on its children",
        (Edit("core/syscall/spawn.c", "process->children >= process->children_max || ", ""),),
        ("R16", "R25"),
    ),
    one_edit(
        "limit on processes",
        "there is room for all that are let in",
        "core/syscall/spawn.c",
        "process->children >= process->children_max || process_table_is_full(&kernel.processes)",
        "process->children >= process->children_max",
        "R11",
    ),
    Mitigation(
        "limit on lines",
        "programs that fault do not fill the log",
        (Edit("core/log/log_limit.c", "limit->used == LOG_LIMIT_BURST", "limit->used > 1000000 * LOG_LIMIT_BURST"),),
        ("R19",),
    ),
    Mitigation(
        "time slices",
        "who spins is preempted",
        (Edit("core/process/scheduler.c", "if (now >= scheduler->slice_end) {", "if (now == CLOCK_NEVER) {"),),
        ("R17", "R18"),
    ),
    one_edit(
        "idle waits",
        "the CPU stops while nobody can go on",
        "core/loop.c",
        "\thal_wait_for_interrupt();\n",
        "",
        "R21",
        "ctest:unit.loop",
    ),
    one_edit(
        "yield",
        "who yields gives its turn up",
        "core/syscall/time.c",
        "\tprocess->state = PROCESS_READY;\n\t*result = 0;",
        "\t(void)process;\n\t*result = 0;",
        *("M10", "L04", "L08"),
    ),
    one_edit(
        "steps",
        "long work is done in steps, with interrupts between them",
        "core/memory/address_space.h",
        "#define ADDRESS_SPACE_STEP 32",
        "#define ADDRESS_SPACE_STEP 65536",
        "R24",
    ),

    one_edit("end of the table", "no number is beyond it", DISPATCH, "number < syscall_count)", "number < syscall_count + 40)", "A01", "A06"),
    one_edit("unsigned numbers", "no number is negative", DISPATCH, "(number < syscall_count)", "((int32_t)number < (int32_t)syscall_count)", "A02", "A03"),
    one_edit("lengths", "a call writes so much at most", WRITE, "\tif (in.len > PANTHER_IO_MAX) {", "\tif (in.len == UINT64_MAX) {", "A13"),
    one_edit("descriptors", "a descriptor that is none is refused", WRITE, "in.fd != FD_STDOUT && in.fd != FD_STDERR", "in.fd == UINT64_MAX", "A28", "A42"),
    one_edit("input has a direction", "only input is read", READ, "\tif (in.fd != FD_STDIN) {", "\tif (in.fd == UINT64_MAX) {", "A28", "A42"),
    one_edit(
        "input waits for its buffer",
        "a bad buffer loses none",
        READ,
        "kernel.bounce, count) != K_OK) {\n",
        "kernel.bounce, count) != K_OK) {\n\t\tinput_consume(&kernel.input, count);\n",
        "A20",
        "R06",
    ),
    one_edit("input is read once", "what was read is gone", READ, "\tinput_consume(&kernel.input, count);\n", "", "L23"),
    one_edit(
        "input has a limit",
        "what is dropped is counted",
        "core/console/input.c",
        "\tinput->lost += count - taken;\n",
        "",
        "R20",
        "ctest:unit.input",
    ),
    one_edit("reserved flags", "unknown flags are refused", WAIT, "\tif ((in.flags & ~(uint64_t)FLAGS_ALL) != 0) {", "\tif (in.flags == UINT64_MAX) {", "A29"),
    one_edit(
        "a status is told",
        "a child is gone only when its parent knows",
        WAIT,
        "sizeof(child->end)) != K_OK) {\n",
        "sizeof(child->end)) != K_OK) {\n\t\tlifecycle_reap(child);\n",
        "A44",
    ),
    one_edit("a status is a byte", "the rest is dropped", "core/syscall/exit.c", "(in.status & 0xff)", "(in.status)", "A44"),
    one_edit(
        "one's own children only",
        "nobody else is killed or waited for",
        "core/process/lifecycle.c",
        "return process != NULL && process->parent == parent ?",
        "return process != NULL && parent != NULL ?",
        "A30",
        "A31",
    ),
    one_edit(
        "orphans",
        "an end that nobody asks about is not kept",
        "core/process/lifecycle.c",
        "return process->parent == NULL || (process->is_adopted && !is_awaited(process));",
        "return process->parent == NULL;",
        "R25",
    ),
    one_edit(
        "a sleeper that is killed",
        "leaves the sleepers",
        "core/process/scheduler.c",
        "\tif (process->state == PROCESS_SLEEPING) {",
        "\tif (process->state == PROCESS_SLEEPING && process->pid == 0) {",
        "R07",
    ),
    one_edit("latest time", "no time is beyond 2^63", "core/syscall/time.c", "in.until > INT64_MAX", "in.until == UINT64_MAX - 1", "A41"),
    one_edit("seed", "without one there are no random bytes", "core/start/machine.c", "machine->has_seed = ", "machine->has_seed = true || ", "L24", "B11"),
    one_edit("ids are no addresses", "an id tells nothing about the kernel", "core/syscall/identity.c", "*result = process->pid;", "*result = (uint64_t)(uintptr_t)process;", "L17"),
    one_edit("size of a request", "a request is not larger than its buffer", SPAWN, "in->len > sizeof(*request)", "in->len == UINT64_MAX", "A36"),
    one_edit("smallest request", "a request has options and a name", SPAWN, "in->len <= sizeof(request->options)", "in->len == UINT64_MAX", "A36"),
    one_edit(
        "number of arguments",
        "a program has so many at most",
        "core/process/program_arguments.c",
        "\tif (count > PANTHER_ARGUMENTS_MAX) {",
        "\tif (count == UINT32_MAX) {",
        "A36",
    ),
    one_edit("end of strings", "the last byte is NUL", SPAWN, "strings[size - 1] != '\\0' || ", "", "A21", "A36", "A46"),
    one_edit("empty names", "a name is not empty", SPAWN, " || strings[0] == '\\0'", "", "A46"),
    one_edit("longest name", "a name has so many bytes at most", SPAWN, "name_size > PANTHER_PATH_MAX ?", "name_size == 0 ?", "A22", "A46"),
    one_edit(
        "one fetch",
        "each byte is fetched once",
        SPAWN,
        "\treturn user_copy_in(&process->space, request, sizeof(*request), range);",
        "\tif (user_copy_in(&process->space, request, sizeof(*request), range) != K_OK) {\n\t\treturn K_EFAULT;\n\t}\n"
        "\treturn user_copy_in(&process->space, request, sizeof(*request), range);",
        "R01",
        "R02",
    ),
    one_edit(
        "a process that cannot be made",
        "leaves nothing",
        "core/process/process.c",
        "\t\taddress_space_destroy(&fresh->space);\n\t\theap_free",
        "\t\theap_free",
        "R14",
        "ctest:unit.fault_allocation",
    ),
    one_edit(
        "a program that cannot be loaded",
        "leaves nothing",
        "core/process/lifecycle.c",
        "\t\tdiscard(process);\n",
        "\t\t(void)discard;\n",
        "R13",
        "R14",
        "ctest:unit.fault_allocation",
    ),
    one_edit(
        "records of zeros",
        "a record is made whole",
        "core/syscall/info.c",
        "\tk_memset(&record, 0, sizeof(record));\n",
        "",
        "L13",
        without=("zeroed locals",),
    ),
    one_edit(
        "size of an answer",
        "an answer is as long as its record",
        "core/syscall/info.c",
        "\t*result = size;\n",
        "\t*result = size;\n\tsize = in.len < sizeof(record) ? in.len : sizeof(record);\n",
        "L11",
    ),
)
