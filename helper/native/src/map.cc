#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>

#include "addon.h"
#include "arguments.h"
#include "fd.h"
#include "info.h"
#include "map-batch.h"
#include "map-change.h"
#include "map-patch.h"
#include "task.h"

namespace xdpw {

namespace {

bool IsPerCpu(uint32_t type) {
  return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
         type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

/** Of four bytes, the value has no room for one. */
bool RunsPrograms(const bpf_map_info& info) {
  return info.value_size == 8 && (info.type == BPF_MAP_TYPE_DEVMAP || info.type == BPF_MAP_TYPE_DEVMAP_HASH ||
                                  info.type == BPF_MAP_TYPE_CPUMAP);
}

References ReferencesOf(const bpf_map_info& info) {
  if (info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS || info.type == BPF_MAP_TYPE_HASH_OF_MAPS) return References::kMap;
  return info.type == BPF_MAP_TYPE_PROG_ARRAY || RunsPrograms(info) ? References::kProgram : References::kNone;
}

uint32_t Stride(const bpf_map_info& info) {
  if (!IsPerCpu(info.type)) return info.value_size;
  int cpus = libbpf_num_possible_cpus();
  if (cpus < 0) throw Failure("libbpf_num_possible_cpus", "count of the possible cpus", -cpus);
  return ((info.value_size + 7) & ~7u) * static_cast<uint32_t>(cpus);
}

Napi::Value ToBuffer(Napi::Env env, Memory memory, size_t size) {
  // what the page did not fill goes back
  auto* trimmed = static_cast<uint8_t*>(realloc(memory.get(), size ? size : 1));
  if (trimmed) {
    (void)memory.release();
    memory.reset(trimmed);
  }
  return Napi::Buffer<uint8_t>::NewOrCopy(env, memory.release(), size,
                                          [](Napi::Env, uint8_t* data) { free(data); });
}

/** Reads with a descriptor of its own, so that the handle may be closed meanwhile. */
class Read : public Task {
 public:
  Read(Napi::Env env, Fd fd, MapShape shape, std::vector<uint8_t> cursor, uint32_t count)
      : Task(env, "xdpw read"), fd_(std::move(fd)), shape_(shape), cursor_(std::move(cursor)), count_(count) {}

 protected:
  void Run() override {
    batch_ = ReadBatch(fd_.Get(), shape_, cursor_, count_);
    fd_.Close();
  }
  Napi::Value Result(Napi::Env env) override {
    auto result = Napi::Object::New(env);
    result.Set("keys", ToBuffer(env, std::move(batch_.keys), size_t{batch_.count} * shape_.keySize));
    result.Set("values", ToBuffer(env, std::move(batch_.values), size_t{batch_.count} * shape_.stride));
    result.Set("count", batch_.count);
    const auto& cursor = batch_.cursor;
    if (cursor.empty()) {
      result.Set("cursor", env.Null());
    } else {
      result.Set("cursor", Napi::Buffer<uint8_t>::Copy(env, cursor.data(), cursor.size()));
    }
    return result;
  }

 private:
  Fd fd_;
  MapShape shape_;
  std::vector<uint8_t> cursor_;
  uint32_t count_;
  Batch batch_;
};

Napi::Value ToOutcomes(Napi::Env env, const MapShape& shape, const Outcomes& outcomes) {
  auto result = Napi::Object::New(env);
  result.Set("outcomes", Napi::Buffer<uint8_t>::Copy(env, outcomes.kinds.data(), outcomes.kinds.size()));
  result.Set("found", Napi::Buffer<uint8_t>::Copy(env, outcomes.found.data(), outcomes.found.size()));
  if (outcomes.error) {
    Failure refusal("BPF_MAP_UPDATE_ELEM", "change of " + shape.Called(), outcomes.error);
    result.Set("refusal", ToError(env, refusal).Value());
  } else {
    result.Set("refusal", env.Null());
  }
  return result;
}

/** Adds with a descriptor and bytes of its own, so that the handle may be closed meanwhile. */
class Addition : public Task {
 public:
  Addition(Napi::Env env, Fd fd, MapShape shape, const uint8_t* keys, const uint8_t* values, uint32_t count, bool fill)
      : Task(env, "xdpw add"),
        fd_(std::move(fd)),
        shape_(shape),
        fill_(fill),
        kinds_(count, static_cast<uint8_t>(Change::kAdd)),
        keys_(keys, keys + size_t{count} * shape.keySize),
        values_(values, values + size_t{count} * shape.stride) {}

 protected:
  void Run() override {
    auto count = static_cast<uint32_t>(kinds_.size());
    Changes changes{count, kinds_.data(), keys_.data(), values_.data(), values_.data(), false, false, false, nullptr};
    if (fill_) Fill(count);
    else outcomes_ = ChangeEntries(fd_.Get(), shape_, changes);
    fd_.Close();
  }
  Napi::Value Result(Napi::Env env) override { return ToOutcomes(env, shape_, outcomes_); }

 private:
  /** The kernel's batch, which overwrites what is there. */
  void Fill(uint32_t count) {
    uint32_t done = count;
    try {
      done = std::min(count, UpdateBatch(fd_.Get(), shape_, keys_.data(), values_.data(), count));
    } catch (const Failure& failure) {
      done = std::min(count, static_cast<uint32_t>(failure.done.value_or(0)));
      outcomes_.error = failure.error;
    }
    outcomes_.kinds.assign(count, static_cast<uint8_t>(Outcome::kUntouched));
    std::fill_n(outcomes_.kinds.begin(), done, static_cast<uint8_t>(Outcome::kDone));
    if (outcomes_.error && done < count) outcomes_.kinds[done] = static_cast<uint8_t>(Outcome::kRefused);
  }

  Fd fd_;
  MapShape shape_;
  bool fill_;
  std::vector<uint8_t> kinds_;
  std::vector<uint8_t> keys_;
  std::vector<uint8_t> values_;
  Outcomes outcomes_;
};

/** MapHandle of map-face.ts: one descriptor of a map. */
class MapHandle : public Napi::ObjectWrap<MapHandle> {
 public:
  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "MapHandle",
                       {
                           InstanceMethod<&MapHandle::Lookup>("lookup"),
                           InstanceMethod<&MapHandle::Update>("update"),
                           InstanceMethod<&MapHandle::Delete>("delete"),
                           InstanceMethod<&MapHandle::NextKey>("nextKey"),
                           InstanceMethod<&MapHandle::Take>("take"),
                           InstanceMethod<&MapHandle::Contains>("contains"),
                           InstanceMethod<&MapHandle::Batch>("readBatch"),
                           InstanceMethod<&MapHandle::PutBatch>("updateBatch"),
                           InstanceMethod<&MapHandle::AddBatch>("addBatch"),
                           InstanceMethod<&MapHandle::Change>("change"),
                           InstanceMethod<&MapHandle::Patch>("patch"),
                           InstanceMethod<&MapHandle::RemoveBatch>("deleteBatch"),
                           InstanceMethod<&MapHandle::Close>("close"),
                       });
  }

  explicit MapHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<MapHandle>(info) {
    Napi::Env env = info.Env();
    if (!info[0].IsExternal()) throw Napi::TypeError::New(env, "a MapHandle comes from openMap()");
    fd_ = std::move(*info[0].As<Napi::External<Fd>>().Data());
    Guard(env, [&] {
      auto about = ReadInfo<bpf_map_info>(fd_.Get(), "query of a map");
      shape_ = {about.id, about.key_size, about.max_entries, Stride(about), about.type == BPF_MAP_TYPE_LPM_TRIE,
                ReferencesOf(about), RunsPrograms(about) ? sizeof(uint32_t) : 0,
                about.type == BPF_MAP_TYPE_DEVMAP || about.type == BPF_MAP_TYPE_CPUMAP,
                about.type == BPF_MAP_TYPE_PROG_ARRAY || about.type == BPF_MAP_TYPE_ARRAY_OF_MAPS,
                std::make_shared<std::atomic<bool>>(false)};
      auto self = info.This().As<Napi::Object>();
      Define(self, "info", DescribeMap(env, about));
      Define(self, "valueStride", Napi::Number::New(env, shape_.stride));
      Define(self, "fd", Napi::Number::New(env, fd_.Get()));
    });
  }

 private:
  int Open() const {
    if (fd_.Open()) return fd_.Get();
    Failure failure("MapHandle", "use of " + shape_.Called(), EBADF);
    failure.cause = "its handle is closed";
    throw failure;
  }

  /** Null for maps without keys (queue, stack, bloom filter), as the kernel wants it. */
  const uint8_t* Key(const Napi::Value& value) const { return Sized(value, "key", shape_.keySize); }

  const uint8_t* Sized(const Napi::Value& value, const char* name, size_t size) const {
    Bytes bytes = ToBytes(value, name);
    if (bytes.size != size) {
      throw Napi::TypeError::New(value.Env(), std::string(name) + " of " + shape_.Called() + " must be " +
                                                  std::to_string(size) + " bytes, not " + std::to_string(bytes.size));
    }
    return size ? bytes.data : nullptr;
  }

  Napi::Value Lookup(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&]() -> Napi::Value {
      int fd = Open();
      auto value = Napi::Buffer<uint8_t>::New(info.Env(), shape_.stride);
      if (!bpf_map_lookup_elem(fd, Key(info[0]), value.Data())) return value;
      if (errno == ENOENT) return info.Env().Null();
      throw Failure("BPF_MAP_LOOKUP_ELEM", "look-up in " + shape_.Called(), errno);
    });
  }

  static uint64_t When(const Napi::Value& value) {
    std::string when = ToText(value, "when");
    if (when == "any") return BPF_ANY;
    if (when == "noexist") return BPF_NOEXIST;
    if (when == "exist") return BPF_EXIST;
    throw Napi::TypeError::New(value.Env(), "argument when must be any, noexist or exist");
  }

  Napi::Value Update(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      const uint8_t* value = Sized(info[1], "value", shape_.stride);
      if (bpf_map_update_elem(Open(), Key(info[0]), value, When(info[2]))) {
        throw Failure("BPF_MAP_UPDATE_ELEM", "update of " + shape_.Called(), errno);
      }
      return info.Env().Undefined();
    });
  }

  Napi::Value Delete(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      int result = bpf_map_delete_elem(Open(), Key(info[0]));
      if (result && errno != ENOENT) throw Failure("BPF_MAP_DELETE_ELEM", "deletion from " + shape_.Called(), errno);
      return Napi::Boolean::New(info.Env(), result == 0);
    });
  }

  Napi::Value NextKey(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&]() -> Napi::Value {
      int fd = Open();
      const uint8_t* key = info[0].IsNull() ? nullptr : Key(info[0]);
      auto next = Napi::Buffer<uint8_t>::New(info.Env(), shape_.keySize);
      if (!bpf_map_get_next_key(fd, key, next.Data())) return next;
      if (errno == ENOENT) return info.Env().Null();
      throw Failure("BPF_MAP_GET_NEXT_KEY", "walk through " + shape_.Called(), errno);
    });
  }

  /** Of a queue or stack, whose elements have no keys. */
  Napi::Value Take(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&]() -> Napi::Value {
      int fd = Open();
      if (shape_.keySize) throw Napi::TypeError::New(info.Env(), shape_.Called() + " is no queue or stack");
      auto value = Napi::Buffer<uint8_t>::New(info.Env(), shape_.stride);
      if (!bpf_map_lookup_and_delete_elem(fd, nullptr, value.Data())) return value;
      if (errno == ENOENT) return info.Env().Null();
      throw Failure("BPF_MAP_LOOKUP_AND_DELETE_ELEM", "taking from " + shape_.Called(), errno);
    });
  }

  /** Of a bloom filter: the look-up reads the value in place of writing it. */
  Napi::Value Contains(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      const uint8_t* bytes = Sized(info[0], "value", shape_.stride);
      if (shape_.keySize) throw Napi::TypeError::New(info.Env(), shape_.Called() + " is no bloom filter");
      // a queue's look-up would write here
      std::vector<uint8_t> value(bytes, bytes + shape_.stride);
      int result = bpf_map_lookup_elem(Open(), nullptr, value.data());
      if (result && errno != ENOENT) throw Failure("BPF_MAP_LOOKUP_ELEM", "look-up in " + shape_.Called(), errno);
      return Napi::Boolean::New(info.Env(), result == 0);
    });
  }

  /** A descriptor for a task, which outlives the handle. */
  Fd Another(const std::string& what) const {
    Fd own(fcntl(Open(), F_DUPFD_CLOEXEC, 3));
    if (!own.Open()) throw Failure("fcntl", what + " " + shape_.Called(), errno);
    return own;
  }

  Napi::Value Batch(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&]() -> Napi::Value {
      std::vector<uint8_t> cursor;
      if (!info[0].IsNull()) {
        Bytes bytes = ToBytes(info[0], "cursor");
        cursor.assign(bytes.data, bytes.data + bytes.size);
      }
      uint64_t count = ToCount(info[1], "count");
      uint64_t entry = uint64_t{shape_.keySize} + shape_.stride;
      if (count == 0 || count > UINT32_MAX || count * entry > uint64_t{1} << 30) {
        throw Napi::RangeError::New(info.Env(), "argument count must be from 1 to what fits into 1 GiB");
      }
      auto* read = new Read(info.Env(), Another("read of"), shape_, std::move(cursor), static_cast<uint32_t>(count));
      return read->Start();
    });
  }

  uint32_t Count(const Napi::Value& value) const { return ToUint32(value, "count"); }

  Napi::Value PutBatch(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      uint32_t count = Count(info[2]);
      const uint8_t* keys = Sized(info[0], "keys", size_t{count} * shape_.keySize);
      const uint8_t* values = Sized(info[1], "values", size_t{count} * shape_.stride);
      return Napi::Number::New(info.Env(), UpdateBatch(Open(), shape_, keys, values, count));
    });
  }

  Napi::Value AddBatch(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&]() -> Napi::Value {
      uint32_t count = Count(info[2]);
      const uint8_t* keys = Sized(info[0], "keys", size_t{count} * shape_.keySize);
      const uint8_t* values = Sized(info[1], "values", size_t{count} * shape_.stride);
      auto* addition = new Addition(info.Env(), Another("update of"), shape_, keys, values, count,
                                    info[3].ToBoolean());
      return addition->Start();
    });
  }

  Napi::Value Change(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      Napi::Env env = info.Env();
      uint32_t count = Count(info[0]);
      Changes changes{
          count,
          Sized(info[1], "kinds", count),
          Sized(info[2], "keys", size_t{count} * shape_.keySize),
          Sized(info[3], "olds", size_t{count} * shape_.stride),
          Sized(info[4], "news", size_t{count} * shape_.stride),
          info[5].ToBoolean(),
          info[6].ToBoolean(),
          true,
          info[7].IsBuffer() ? Sized(info[7], "counted", shape_.stride) : nullptr,
      };
      return ToOutcomes(env, shape_, ChangeEntries(Open(), shape_, changes));
    });
  }

  Napi::Value Patch(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      uint64_t offset = ToCount(info[0], "offset");
      Bytes bytes = ToBytes(info[1], "bytes");
      if (offset > shape_.stride || bytes.size > shape_.stride - offset) {
        throw Napi::RangeError::New(info.Env(), "what is patched lies outside of a value of " + shape_.Called());
      }
      PatchValue(Open(), shape_, offset, bytes.data, bytes.size);
      return info.Env().Undefined();
    });
  }

  Napi::Value RemoveBatch(const Napi::CallbackInfo& info) {
    return Guard(info.Env(), [&] {
      uint32_t count = Count(info[1]);
      const uint8_t* keys = Sized(info[0], "keys", size_t{count} * shape_.keySize);
      return Napi::Number::New(info.Env(), DeleteBatch(Open(), shape_, keys, count));
    });
  }

  Napi::Value Close(const Napi::CallbackInfo& info) {
    fd_.Close();
    return info.Env().Undefined();
  }

  Fd fd_;
  MapShape shape_ = {};
};

Napi::Value OpenMap(const Napi::CallbackInfo& info) {
  uint32_t id = ToUint32(info[0], "id");
  Fd fd(bpf_map_get_fd_by_id(id));
  if (!fd.Open()) throw Failure("BPF_MAP_GET_FD_BY_ID", "open of map id " + std::to_string(id), errno);
  return info.Env().GetInstanceData<Realm>()->mapHandle.New({Napi::External<Fd>::New(info.Env(), &fd)});
}

}  // namespace

void RegisterMap(Napi::Object exports, Realm& realm) {
  realm.mapHandle = Napi::Persistent(MapHandle::Class(exports.Env()));
  Export<OpenMap>(exports, "openMap");
}

}  // namespace xdpw
