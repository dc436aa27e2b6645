#include "map-batch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include <algorithm>
#include <new>

#include "errors.h"

namespace xdpw {

namespace {

constexpr int kNotSupportedInKernel = 524;  // ENOTSUPP of include/linux/errno.h: the type has no such operation
constexpr uint32_t kLargestPage = 1 << 26;

/** First byte of a cursor: which of the two ways of reading made it. */
constexpr uint8_t kByBatch = 'b';
constexpr uint8_t kByKey = 'k';

bool LacksBatches(int error) {
  return error == kNotSupportedInKernel || error == EINVAL || error == EOPNOTSUPP;
}

Memory Allocate(size_t size) {
  Memory memory(static_cast<uint8_t*>(malloc(std::max<size_t>(size, 1))));
  if (!memory) throw std::bad_alloc();
  return memory;
}

[[noreturn]] void RefuseCursor(const std::string& what) {
  Failure failure("BPF_MAP_LOOKUP_BATCH", what, EINVAL);
  failure.cause = "the cursor is not one of this map";
  throw failure;
}

/** Nothing where the type reads no batches. */
std::optional<Batch> ReadByBatch(int fd, const MapShape& shape, const std::vector<uint8_t>& cursor, uint32_t count) {
  // a hash's cursor is a bucket's number of 4 bytes, even where its keys are shorter
  size_t position = std::max<size_t>(shape.keySize, sizeof(uint32_t));
  std::vector<uint8_t> from(position), to(position);
  if (!cursor.empty()) {
    if (cursor.size() != position + 1) RefuseCursor("read of " + shape.Called());
    std::copy(cursor.begin() + 1, cursor.end(), from.begin());
  }
  int interrupted = 0;
  for (;;) {
    Batch batch;
    batch.keys = Allocate(size_t{count} * shape.keySize);
    batch.values = Allocate(size_t{count} * shape.stride);
    batch.count = count;
    int result = bpf_map_lookup_batch(fd, cursor.empty() ? nullptr : from.data(), to.data(), batch.keys.get(),
                                      batch.values.get(), &batch.count, nullptr);
    int error = result ? errno : 0;
    if (error == 0) {
      batch.cursor.assign(1, kByBatch);
      batch.cursor.insert(batch.cursor.end(), to.begin(), to.end());
      return batch;
    }
    if (error == ENOENT) return batch;
    // the next bucket alone is larger than the page
    if (error == ENOSPC && count < kLargestPage) {
      count *= 2;
      continue;
    }
    // elements went away under the read
    if ((error == EINTR || error == EAGAIN) && interrupted < 10) {
      interrupted += 1;
      continue;
    }
    if (cursor.empty() && LacksBatches(error)) return std::nullopt;
    throw Failure("BPF_MAP_LOOKUP_BATCH", "read of " + shape.Called(), error);
  }
}

Batch ReadByKey(int fd, const MapShape& shape, const std::vector<uint8_t>& cursor, uint32_t count) {
  if (!cursor.empty() && cursor.size() != shape.keySize + size_t{1}) RefuseCursor("read of " + shape.Called());
  Batch batch;
  batch.keys = Allocate(size_t{count} * shape.keySize);
  batch.values = Allocate(size_t{count} * shape.stride);
  std::vector<uint8_t> key, next(shape.keySize);
  if (!cursor.empty()) key.assign(cursor.begin() + 1, cursor.end());
  // a key that goes away sends the walk back to the beginning: it must end all the same
  for (uint64_t steps = 0; batch.count < count && steps <= 2 * uint64_t{shape.maxEntries}; steps += 1) {
    if (bpf_map_get_next_key(fd, key.empty() ? nullptr : key.data(), next.data())) {
      if (errno == ENOENT) return batch;
      throw Failure("BPF_MAP_GET_NEXT_KEY", "read of " + shape.Called(), errno);
    }
    key = next;
    uint8_t* value = batch.values.get() + size_t{batch.count} * shape.stride;
    if (bpf_map_lookup_elem(fd, key.data(), value)) {
      if (errno == ENOENT) continue;  // an empty slot, or deleted meanwhile
      if (errno != EOPNOTSUPP && errno != kNotSupportedInKernel) {
        throw Failure("BPF_MAP_LOOKUP_ELEM", "read of " + shape.Called(), errno);
      }
      memset(value, 0, shape.stride);  // xskmap and others do not show their values
    }
    memcpy(batch.keys.get() + size_t{batch.count} * shape.keySize, key.data(), shape.keySize);
    batch.count += 1;
  }
  batch.cursor.assign(1, kByKey);
  batch.cursor.insert(batch.cursor.end(), key.begin(), key.end());
  return batch;
}

[[noreturn]] void FailAfter(const char* operation, const std::string& what, int error, uint32_t done) {
  Failure failure(operation, what, error);
  failure.done = done;
  throw failure;
}

}  // namespace

Batch ReadBatch(int fd, const MapShape& shape, const std::vector<uint8_t>& cursor, uint32_t count) {
  bool singly = cursor.empty() ? shape.readsSingly->load() : cursor[0] == kByKey;
  if (!singly) {
    if (auto batch = ReadByBatch(fd, shape, cursor, count)) return std::move(*batch);
    *shape.readsSingly = true;
  }
  return ReadByKey(fd, shape, cursor, count);
}

uint32_t UpdateBatch(int fd, const MapShape& shape, const uint8_t* keys, const uint8_t* values, uint32_t count) {
  std::string what = "update of " + shape.Called();
  if (count == 0) return 0;
  uint32_t done = count;
  if (!bpf_map_update_batch(fd, keys, values, &done, nullptr)) return done;
  int error = errno;
  // libbpf and the kernel leave `done` alone where they refuse the call as such: nothing that failed did all
  if (!LacksBatches(error)) FailAfter("BPF_MAP_UPDATE_BATCH", what, error, done >= count ? 0 : done);
  for (done = 0; done < count; done += 1) {
    const uint8_t* key = shape.keySize ? keys + size_t{done} * shape.keySize : nullptr;
    if (bpf_map_update_elem(fd, key, values + size_t{done} * shape.stride, BPF_ANY)) {
      FailAfter("BPF_MAP_UPDATE_ELEM", what, errno, done);
    }
  }
  return done;
}

uint32_t DeleteBatch(int fd, const MapShape& shape, const uint8_t* keys, uint32_t count) {
  std::string what = "deletion from " + shape.Called();
  uint32_t at = 0, deleted = 0;
  bool singly = false;
  while (at < count) {
    const uint8_t* from = keys + size_t{at} * shape.keySize;
    if (singly) {
      if (!bpf_map_delete_elem(fd, from)) {
        deleted += 1;
      } else if (errno != ENOENT) {
        FailAfter("BPF_MAP_DELETE_ELEM", what, errno, deleted);
      }
      at += 1;
      continue;
    }
    uint32_t done = count - at;
    int error = bpf_map_delete_batch(fd, from, &done, nullptr) ? errno : 0;
    if (LacksBatches(error)) {
      singly = true;
      continue;
    }
    done = std::min(done, count - at);
    deleted += done;
    at += done;
    if (error == ENOENT) {
      at += 1;  // the batch stopped at a key that is not there
    } else if (error) {
      FailAfter("BPF_MAP_DELETE_BATCH", what, error, deleted);
    }
  }
  return deleted;
}

}  // namespace xdpw
