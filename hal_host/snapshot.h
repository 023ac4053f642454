/*
 * The one snapshot there can be (hal_host/twin.h).
 */
#ifndef HAL_HOST_SNAPSHOT_H
#define HAL_HOST_SNAPSHOT_H

/* There is none, from now on. */
void snapshot_forget(void);

#endif
