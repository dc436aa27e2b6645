#pragma once
#include <cstdint>
#include <vector>

#include "map-batch.h"

namespace xdpw {

/** What is to be done with one entry, and what came of it; numbers of map-face.ts, MapHandle.change. */
enum class Change : uint8_t { kAdd = 0, kReplace = 1, kRemove = 2 };
enum class Outcome : uint8_t {
  kDone = 0,
  kAlready = 1,
  kOther = 2,
  kMissing = 3,
  kRefused = 4,
  kOverwritten = 5,
  kUntouched = 6,
  kRemovedAfter = 7,
};

struct Changes {
  uint32_t count;
  const uint8_t* kinds;
  const uint8_t* keys;
  /** what is expected there before; of additions: anything */
  const uint8_t* olds;
  /** what is to be there after; of removals: anything */
  const uint8_t* news;
  /** BPF_F_LOCK: values with a bpf_spin_lock are read and written under it */
  bool locked;
  /** only looks: which are done, which untouched, which are something else */
  bool look;
  /** additions are looked at once more after they are written */
  bool readBack;
  /** bits of a value that programs count in, one stride; null where there are none. See map-face.ts, MapHandle.change */
  const uint8_t* counted = nullptr;
};

struct Outcomes {
  std::vector<uint8_t> kinds;
  /** errno of the entry that was refused; 0 where none was */
  int error = 0;
  /** what is there in the place of what was expected: one value for each kOther and kOverwritten, in their order */
  std::vector<uint8_t> found;
};

/**
 * Entry by entry: look, compare, write, read back. BPF has no compare-and-swap of elements, so between the look and the write
 * there are two system calls in which another writer is not seen. Ends at the first entry that the kernel refuses.
 * Throws Failure where entries of the type cannot be read.
 */
Outcomes ChangeEntries(int fd, const MapShape& shape, const Changes& changes);

}  // namespace xdpw
