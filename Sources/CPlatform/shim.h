/* What Swift cannot name. */
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Swift has no prefetch instruction of its own. */
static inline void inquest_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

/* Swift's module of glibc leaves malloc.h out. */
static inline void inquest_map_large_allocations(int threshold) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, threshold);
#else
  (void)threshold;
#endif
}
