// L10: no struct that the kernel copies out has bytes that nobody writes. C++17 has a name for that, C has none; this
// file is only compiled. PADDED shows that it would be found out.
#include "abi/process.h"

template <typename T> constexpr bool is_whole = __has_unique_object_representations(T);

static_assert(is_whole<panther_spawn_request> && is_whole<panther_spawn_packed> && is_whole<panther_exit>);
static_assert(is_whole<panther_process_info> && is_whole<panther_program_info>);
static_assert(is_whole<panther_memory_info> && is_whole<panther_limits_info>);

#ifdef PADDED
struct padded {
	uint32_t number;
	uint64_t other;
};
static_assert(is_whole<padded>);
#endif
