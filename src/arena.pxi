# An arena: where in one block of memory each piece lies, while pieces come and go.
#
# A piece that is given back joins its neighbours. A free one is found by the class of its size, so that whatever was
# given back before, a request costs the same: of 10^6 pieces as of ten.

cdef enum:
    ALIGNMENT = 64
    EXACT_CLASSES = 32          # of 1, 2, ... units; behind them four classes for each doubling
    FREE_CLASSES = EXACT_CLASSES + 4 * 58
    FITS_TRIED = 8              # pieces of a class that are looked at: some may be too small

ctypedef struct Piece:          # of the arena's memory, in units of ALIGNMENT
    size_t offset
    size_t size
    int32_t before              # its neighbours in memory, or -1
    int32_t after
    int32_t previous            # in the list of free pieces of its class, or -1
    int32_t next
    int32_t used

ctypedef struct Arena:
    Piece* pieces
    int32_t count               # of pieces made so far
    int32_t room
    int32_t last                # the one with the highest offset, or -1
    size_t end                  # of the last one: the arena's size
    int32_t free[FREE_CLASSES]  # the first free piece of each class, or -1
    uint64_t filled[5]          # a bit for each class that has one


cdef int arena_open(Arena* arena) except -1:
    memset(arena, 0, sizeof(Arena))
    memset(arena.free, 0xff, sizeof(arena.free))
    arena.last = -1
    return 0


cdef void arena_close(Arena* arena) noexcept:
    free(arena.pieces)
    arena.pieces = NULL


cdef int class_of_size(size_t size) noexcept:
    """The class that a free piece is kept in."""
    cdef int doublings = 0
    if size <= EXACT_CLASSES:
        return <int>size - 1
    while size >= 2 * EXACT_CLASSES:
        size >>= 1
        doublings += 1
    # (size is now 32 ... 63, and 8 sizes share a class.)
    return EXACT_CLASSES + 4 * doublings + <int>(size - EXACT_CLASSES) // (EXACT_CLASSES // 4)


cdef int32_t new_piece(Arena* arena, size_t offset, size_t size) except -1:
    cdef Piece* p
    cdef void* grown
    cdef int32_t room
    if arena.count == arena.room:
        room = more_room(arena.room, <int64_t>arena.count + 64)
        grown = realloc(arena.pieces, <size_t>room * sizeof(Piece))
        if grown == NULL:
            raise MemoryError()
        arena.pieces = <Piece*>grown
        arena.room = room
    p = &arena.pieces[arena.count]
    p.offset = offset
    p.size = size
    p.before = p.after = p.previous = p.next = -1
    p.used = 1
    arena.count += 1
    return arena.count - 1


cdef void set_free(Arena* arena, int32_t piece) noexcept:
    cdef Piece* p = &arena.pieces[piece]
    cdef int which = class_of_size(p.size)
    p.used = 0
    p.previous = -1
    p.next = arena.free[which]
    if p.next >= 0:
        arena.pieces[p.next].previous = piece
    arena.free[which] = piece
    arena.filled[which >> 6] |= <uint64_t>1 << (which & 63)


cdef void take_out(Arena* arena, int32_t piece) noexcept:
    """No longer free."""
    cdef Piece* p = &arena.pieces[piece]
    cdef int which = class_of_size(p.size)
    p.used = 1
    if p.next >= 0:
        arena.pieces[p.next].previous = p.previous
    if p.previous >= 0:
        arena.pieces[p.previous].next = p.next
    else:
        arena.free[which] = p.next
        if p.next < 0:
            arena.filled[which >> 6] &= ~(<uint64_t>1 << (which & 63))


cdef int32_t find_free(Arena* arena, size_t size) noexcept:
    """A free piece of this size or a larger one; or -1."""
    cdef int which = class_of_size(size), k, word
    cdef int32_t piece = arena.free[which]
    cdef uint64_t bits
    for k in range(FITS_TRIED):
        if piece < 0:
            break
        if arena.pieces[piece].size >= size:
            return piece
        piece = arena.pieces[piece].next
    which += 1
    word = which >> 6
    while word < 5:
        bits = arena.filled[word] >> (which & 63)
        if bits:
            while not bits & 1:
                bits >>= 1
                which += 1
            return arena.free[which]
        word += 1
        which = word << 6
    return -1


cdef int32_t arena_take(Arena* arena, size_t bytes) except -1:
    """A piece of so many bytes, or a few more."""
    cdef size_t size = (bytes + ALIGNMENT - 1) // ALIGNMENT if bytes else 1
    cdef int32_t piece = find_free(arena, size), rest
    cdef Piece* p
    if piece < 0 and arena.last >= 0 and not arena.pieces[arena.last].used:
        piece = arena.last      # grows
        take_out(arena, piece)
        p = &arena.pieces[piece]
        arena.end += size - p.size
        p.size = size
        return piece
    if piece < 0:
        piece = new_piece(arena, arena.end, size)
        arena.end += size
        p = &arena.pieces[piece]
        p.before = arena.last
        if arena.last >= 0:
            arena.pieces[arena.last].after = piece
        arena.last = piece
        return piece
    take_out(arena, piece)
    if arena.pieces[piece].size > size:
        rest = new_piece(arena, arena.pieces[piece].offset + size, arena.pieces[piece].size - size)
        p = &arena.pieces[piece]
        p.size = size
        arena.pieces[rest].before = piece
        arena.pieces[rest].after = p.after
        if p.after >= 0:
            arena.pieces[p.after].before = rest
        else:
            arena.last = rest
        p.after = rest
        set_free(arena, rest)
    return piece


cdef void join_behind(Arena* arena, int32_t piece) noexcept:
    """Let a piece have the memory of the one behind it, which is in no list."""
    cdef Piece* p = &arena.pieces[piece]
    cdef Piece* q = &arena.pieces[p.after]
    p.size += q.size
    p.after = q.after
    if p.after >= 0:
        arena.pieces[p.after].before = piece
    else:
        arena.last = piece


cdef void arena_give(Arena* arena, int32_t piece) noexcept:
    """Give a piece back."""
    cdef Piece* p = &arena.pieces[piece]
    if p.after >= 0 and not arena.pieces[p.after].used:
        take_out(arena, p.after)
        join_behind(arena, piece)
    if p.before >= 0 and not arena.pieces[p.before].used:
        piece = p.before
        take_out(arena, piece)
        join_behind(arena, piece)
    set_free(arena, piece)
