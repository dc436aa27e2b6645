#pragma once
#include <cstddef>
#include <cstdint>

#include "map-batch.h"

namespace xdpw {

/**
 * Writes into the memory of an array made with BPF_F_MMAPABLE: what lies beside the bytes stays. Throws Failure, with EPERM
 * where the map is frozen.
 */
void PatchValue(int fd, const MapShape& shape, size_t offset, const uint8_t* bytes, size_t size);

}  // namespace xdpw
