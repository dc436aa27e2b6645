#pragma once
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xdpw {

/** Program arrays, struct bpf_devmap_val and struct bpf_cpumap_val hold programs, maps of maps hold maps. */
enum class References { kNone, kProgram, kMap };

/** What the calls below need to know of a map, apart from its descriptor. */
struct MapShape {
  uint32_t id;
  uint32_t keySize;
  uint32_t maxEntries;
  /** bytes of one value as the system call moves it */
  uint32_t stride;
  /** an LPM trie: looking a key up finds the longest prefix that covers it, not the entry itself */
  bool byPrefix;
  /** what in a value is written as a descriptor and read as an id, and where it stands */
  References references;
  size_t referenceAt;
  /** for BPF_NOEXIST every slot counts as taken, also an empty one (kernel/bpf/devmap.c, kernel/bpf/cpumap.c) */
  bool slots;
  /** takes BPF_ANY only (bpf_fd_array_map_update_elem, kernel/bpf/arraymap.c) */
  bool anyOnly;
  /** set once the kernel has said that this type reads no batches */
  std::shared_ptr<std::atomic<bool>> readsSingly;

  std::string Called() const { return "map id " + std::to_string(id); }
};

struct FreeMemory {
  void operator()(uint8_t* memory) const { free(memory); }
};
using Memory = std::unique_ptr<uint8_t, FreeMemory>;

struct Batch {
  Memory keys;
  Memory values;
  uint32_t count = 0;
  /** empty at the end */
  std::vector<uint8_t> cursor;
};

/**
 * Reads about `count` entries from `cursor` (empty: the beginning) on the calling thread. A page holds more where
 * one bucket of a hash does. Throws Failure.
 */
Batch ReadBatch(int fd, const MapShape& shape, const std::vector<uint8_t>& cursor, uint32_t count);

/** Both return how many were done; a Failure carries that number too. Missing keys are passed over by the deletion. */
uint32_t UpdateBatch(int fd, const MapShape& shape, const uint8_t* keys, const uint8_t* values, uint32_t count);
uint32_t DeleteBatch(int fd, const MapShape& shape, const uint8_t* keys, uint32_t count);

}  // namespace xdpw
