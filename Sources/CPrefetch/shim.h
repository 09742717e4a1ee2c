/* Swift has no prefetch instruction of its own. */
static inline void inquest_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }
