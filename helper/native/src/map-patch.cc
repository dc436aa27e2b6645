#include "map-patch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <string>

#include "errors.h"

namespace xdpw {

namespace {

/** The map's memory, for as long as one write takes. */
class Mapping {
 public:
  Mapping(int fd, size_t size, const std::string& what) : size_(size) {
    memory_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory_ == MAP_FAILED) throw Failure("mmap", what, errno);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { munmap(memory_, size_); }
  uint8_t* At(size_t offset) const { return static_cast<uint8_t*>(memory_) + offset; }

 private:
  void* memory_;
  size_t size_;
};

template <typename Word>
bool StoreAtOnce(uint8_t* to, const uint8_t* from, size_t size) {
  if (size != sizeof(Word) || reinterpret_cast<uintptr_t>(to) % sizeof(Word) != 0) return false;
  Word word;
  memcpy(&word, from, sizeof(Word));
  __atomic_store_n(reinterpret_cast<Word*>(to), word, __ATOMIC_RELAXED);
  return true;
}

}  // namespace

void PatchValue(int fd, const MapShape& shape, size_t offset, const uint8_t* bytes, size_t size) {
  if (size == 0) return;
  Mapping mapping(fd, shape.stride, "write into the memory of " + shape.Called());
  uint8_t* to = mapping.At(offset);
  // a program that reads meanwhile sees the old number or the new one
  if (StoreAtOnce<uint64_t>(to, bytes, size) || StoreAtOnce<uint32_t>(to, bytes, size) ||
      StoreAtOnce<uint16_t>(to, bytes, size)) {
    return;
  }
  memcpy(to, bytes, size);
}

}  // namespace xdpw
