#include "map-change.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "fd.h"

namespace xdpw {

namespace {

// ENOTSUPP of the kernel, which user space's errno.h does not name
constexpr int kNotSupportedInKernel = 524;

/** One map and the scratch that its entries are read into. */
class Changer {
 public:
  Changer(int fd, const MapShape& shape, const Changes& changes, Outcomes& outcomes)
      : fd_(fd),
        shape_(shape),
        changes_(changes),
        outcomes_(outcomes),
        lock_(changes.locked ? uint64_t{BPF_F_LOCK} : 0),
        now_(shape.stride),
        free_(shape.stride),
        merged_(changes.counted ? shape.stride : 0),
        next_(shape.keySize),
        first_(shape.keySize) {}

  Outcome Run(uint32_t at) {
    key_ = changes_.keys + size_t{at} * shape_.keySize;
    old_ = changes_.olds + size_t{at} * shape_.stride;
    new_ = changes_.news + size_t{at} * shape_.stride;
    auto kind = static_cast<Change>(changes_.kinds[at]);
    Free(kind);
    if (changes_.look) return Look(kind);
    if (kind == Change::kAdd) return Add();
    return kind == Change::kReplace ? Replace() : Remove();
  }

 private:
  /** What of this row may be anything: what is counted in, unless the change is about that. */
  void Free(Change kind) {
    if (!changes_.counted) return;
    for (size_t at = 0; at < free_.size(); at += 1) {
      uint8_t changed = kind == Change::kReplace ? old_[at] ^ new_[at] : 0;
      free_[at] = kind == Change::kAdd ? 0 : changes_.counted[at] & static_cast<uint8_t>(~changed);
    }
  }

  bool Found() {
    if (!bpf_map_lookup_elem_flags(fd_, key_, now_.data(), lock_)) return !shape_.byPrefix || IsEntry();
    if (errno == ENOENT) return false;
    throw Failure("BPF_MAP_LOOKUP_ELEM", "comparison in " + shape_.Called(), errno);
  }

  /**
   * Whether the trie has this very prefix. The walk goes on behind an entry that is there, and begins anew with the first
   * one where it is not (trie_get_next_key, kernel/bpf/lpm_trie.c); the first comes behind nothing.
   */
  bool IsEntry() {
    if (bpf_map_get_next_key(fd_, key_, next_.data())) return errno == ENOENT;
    if (bpf_map_get_next_key(fd_, nullptr, first_.data())) return false;
    return next_ != first_;
  }

  bool Is(const uint8_t* value) const {
    if (!changes_.counted) return memcmp(now_.data(), value, shape_.stride) == 0;
    for (size_t at = 0; at < free_.size(); at += 1) {
      if ((now_[at] ^ value[at]) & static_cast<uint8_t>(~free_[at])) return false;
    }
    return true;
  }

  /** Counts go on from where they are. */
  void KeepCounts() {
    if (!changes_.counted) return;
    for (size_t at = 0; at < merged_.size(); at += 1) {
      merged_[at] = static_cast<uint8_t>((new_[at] & ~free_[at]) | (now_[at] & free_[at]));
    }
    new_ = merged_.data();
  }

  Outcome Other(Outcome outcome = Outcome::kOther) {
    outcomes_.found.insert(outcomes_.found.end(), now_.begin(), now_.end());
    return outcome;
  }

  Outcome Refused(int error) {
    outcomes_.error = error;
    return Outcome::kRefused;
  }

  /** Somebody who wrote right after us is seen here; what we wrote was there. */
  Outcome ReadBack() {
    if (!changes_.readBack) return Outcome::kDone;
    if (!Found()) return Outcome::kRemovedAfter;
    return Is(new_) ? Outcome::kDone : Other(Outcome::kOverwritten);
  }

  /** With errno where it was refused. */
  bool Write(uint64_t when) {
    uint64_t flags = shape_.anyOnly ? uint64_t{BPF_ANY} : when | lock_;
    uint32_t id = 0;
    if (shape_.references != References::kNone) memcpy(&id, new_ + shape_.referenceAt, sizeof id);
    // an entry of a devmap or cpumap may do without; one of the others is a reference and nothing else
    bool needed = shape_.referenceAt == 0 && shape_.references != References::kNone;
    if (id == 0 && !needed) return !bpf_map_update_elem(fd_, key_, new_, flags);
    Fd fd(shape_.references == References::kMap ? bpf_map_get_fd_by_id(id) : bpf_prog_get_fd_by_id(id));
    if (!fd.Open()) {
      // not to be taken for an entry that is missing
      if (errno == ENOENT) errno = ESRCH;
      return false;
    }
    std::vector<uint8_t> value(new_, new_ + shape_.stride);
    int descriptor = fd.Get();
    memcpy(value.data() + shape_.referenceAt, &descriptor, sizeof descriptor);
    int error = bpf_map_update_elem(fd_, key_, value.data(), flags) ? errno : 0;
    fd.Close();
    errno = error;
    return error == 0;
  }

  Outcome Add() {
    // no flag keeps it from overwriting: looked at before, as a replacement is
    if (shape_.anyOnly && Found()) return Is(new_) ? Outcome::kAlready : Other();
    if (Write(BPF_NOEXIST)) return ReadBack();
    if (errno != EEXIST) return Refused(errno);
    if (Found()) return Is(new_) ? Outcome::kAlready : Other();
    if (!shape_.slots) return Outcome::kMissing;
    return Write(BPF_ANY) ? ReadBack() : Refused(errno);
  }

  Outcome Replace() {
    if (!Found()) return Outcome::kMissing;
    if (Is(new_)) return Outcome::kAlready;
    if (!Is(old_)) return Other();
    KeepCounts();
    if (Write(BPF_EXIST)) return ReadBack();
    return errno == ENOENT ? Outcome::kMissing : Refused(errno);
  }

  Outcome Remove() {
    if (!Found()) return Outcome::kAlready;
    if (!Is(old_)) return Other();
    if (takes_) {
      if (!bpf_map_lookup_and_delete_elem_flags(fd_, key_, now_.data(), lock_)) return Is(old_) ? Outcome::kDone : PutBack();
      if (errno == ENOENT) return Outcome::kAlready;
      if (errno != kNotSupportedInKernel && errno != EOPNOTSUPP && errno != EINVAL) return Refused(errno);
      takes_ = false;
    }
    if (!bpf_map_delete_elem(fd_, key_)) return Outcome::kDone;
    return errno == ENOENT ? Outcome::kAlready : Refused(errno);
  }

  /** What was taken was not what was expected: it was written between the look and the removal. */
  Outcome PutBack() {
    if (!bpf_map_update_elem(fd_, key_, now_.data(), BPF_NOEXIST) || errno == EEXIST) return Other();
    return Refused(errno);
  }

  Outcome Look(Change kind) {
    bool found = Found();
    if (kind == Change::kAdd && !found) return Outcome::kUntouched;
    if (kind == Change::kRemove && !found) return Outcome::kAlready;
    if (!found) return Outcome::kMissing;
    if (kind != Change::kRemove && Is(new_)) return Outcome::kAlready;
    return kind != Change::kAdd && Is(old_) ? Outcome::kUntouched : Other();
  }

  int fd_;
  const MapShape& shape_;
  const Changes& changes_;
  Outcomes& outcomes_;
  uint64_t lock_;
  std::vector<uint8_t> now_;
  /** bits that are not compared, and kept as they are */
  std::vector<uint8_t> free_;
  std::vector<uint8_t> merged_;
  std::vector<uint8_t> next_;
  std::vector<uint8_t> first_;
  const uint8_t* key_ = nullptr;
  const uint8_t* old_ = nullptr;
  const uint8_t* new_ = nullptr;
  /** whether the type has BPF_MAP_LOOKUP_AND_DELETE_ELEM: an LPM trie has not */
  bool takes_ = true;
};

}  // namespace

Outcomes ChangeEntries(int fd, const MapShape& shape, const Changes& changes) {
  Outcomes outcomes;
  outcomes.kinds.assign(changes.count, static_cast<uint8_t>(Outcome::kUntouched));
  Changer changer(fd, shape, changes, outcomes);
  for (uint32_t at = 0; at < changes.count && outcomes.error == 0; at += 1) {
    outcomes.kinds[at] = static_cast<uint8_t>(changer.Run(at));
  }
  return outcomes;
}

}  // namespace xdpw
