/*
 * The modelled RAM, and what the twin remembers about each of its frames.
 *
 * Beside every frame lie two mirrors. `table` holds the descriptors that
 * hal_descriptor_write stored, `code` the instructions that hal_code_sync made
 * visible. What RAM says and a mirror does not is a rule broken.
 */
#ifndef HAL_HOST_RAM_H
#define HAL_HOST_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_FRAME_SIZE 4096UL
/* The grain of cache maintenance: 64 bytes on the Cortex-A72 and most others. */
#define RAM_LINE_SIZE 64UL

/* Makes `size` bytes of RAM with hostile content. Frames are filled when they are first looked at. */
void ram_reset(uint64_t size);

/*
 * Keeps all frames that were looked at so far, and brings them back: content, and what is known of them beyond
 * undo.h. From either on ASan sees whoever reaches for a frame without asking for it again.
 */
void ram_snapshot(void);
void ram_restore(void);

/* Has the frame been asked for since, or since ram_reset? If not it is as it was then. */
bool ram_was_opened(uint64_t frame);

uint64_t ram_size(void);
bool ram_contains(uint64_t address, uint64_t size);

/* The host's pointer to [address, address + size), which must lie in RAM. */
uint8_t *ram_bytes(uint64_t address, uint64_t size);

/* The physical address of a host pointer; false if it does not point into RAM. */
bool ram_address(const void *pointer, uint64_t *address);

/*
 * What the twin itself reads, words at aligned addresses of one frame. It does not count as asking for the frame: who
 * follows the pointer of ram_words has to be a RAM_PEEKS function, which ASan does not look into.
 */
#define RAM_PEEKS __attribute__((no_sanitize("address")))
const uint64_t *ram_words(uint64_t address, uint64_t size);
uint64_t ram_read64(uint64_t address);
uint32_t ram_read32(uint64_t address);

/* Descriptors: the store that hal_descriptor_write makes, and the mirror's answer. */
void ram_table_store(uint64_t address, uint64_t descriptor);
uint64_t ram_table_mirror(uint64_t address);
/* What RAM says. False if the mirror says something else. */
bool ram_descriptor(uint64_t address, uint64_t *descriptor);

/* Fills the frame with zeros; its mirrors forget what they knew. */
void ram_frame_clear(uint64_t frame);

/* Instructions: a whole line becomes visible to fetch; the word that fetch sees, false if its line was never synced. */
void ram_code_sync(uint64_t line);
bool ram_code_word(uint64_t address, uint32_t *word);

#endif
