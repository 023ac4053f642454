/*
 * A status must be looked at, whether or not the function's declaration says so too.
 * Refused: ignoring return value of
 */
#include "lib/status.h"

k_status may_fail(int argument);
k_status status_ignored(int argument);

k_status status_ignored(int argument)
{
#ifdef WRONG
	may_fail(argument);
	return K_OK;
#else
	return may_fail(argument);
#endif
}
