#include "load.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "fd.h"
#include "info.h"
#include "netns.h"
#include "prints.h"

#ifndef BPF_F_XDP_HAS_FRAGS
#define BPF_F_XDP_HAS_FRAGS (1U << 5)
#endif

namespace xdpw {

namespace {

/** generous, because what a log does not fill costs no memory, while each repetition costs a verification */
constexpr size_t kFirstLog = size_t{1} << 24;
constexpr size_t kLogGrowth = 16;
/** not far below the longest string of V8 */
constexpr size_t kLongestLog = size_t{1} << 28;
/** BPF_LOG_STATS of include/linux/bpf_verifier.h: counts, and why it was refused */
constexpr uint32_t kStatistics = 4;

[[noreturn]] void Refuse(const std::string& operation, const std::string& what, int error, const std::string& cause) {
  Failure failure(operation, what, error);
  failure.cause = cause;
  throw failure;
}

/** One open and one load: a libbpf object that failed to load cannot be loaded again. */
struct Attempt {
  ObjectPointer object;
  bpf_program* program = nullptr;
  /** positive errno of bpf_object__load */
  int error = 0;
  std::string log;
  bool logIsCut = false;
  std::string libbpf;
};

void SetXdp(bpf_program* program) {
  if (bpf_program__type(program) == BPF_PROG_TYPE_XDP) return;  // its section may say devmap or cpumap: keep that
  bpf_program__set_type(program, BPF_PROG_TYPE_XDP);
  bpf_program__set_expected_attach_type(program, BPF_XDP);
  if (strncmp(bpf_program__section_name(program), "xdp.frags", 9) == 0) {
    bpf_program__set_flags(program, bpf_program__flags(program) | BPF_F_XDP_HAS_FRAGS);
  }
}

/** The names are those of the object: a section's begins with its dot, whatever libbpf calls the map. */
bpf_map* FindMap(bpf_object* object, const std::string& name, const char* operation, const std::string& what) {
  bpf_map* map = bpf_object__find_map_by_name(object, name.c_str());
  if (!map) Refuse(operation, what, ENOENT, "the object has no map of that name");
  return map;
}

void ReuseMap(bpf_object* object, const std::string& name, uint32_t id) {
  std::string what = "reuse of map id " + std::to_string(id) + " as map " + name;
  bpf_map* map = FindMap(object, name, "bpf_map__reuse_fd", what);
  Fd fd(bpf_map_get_fd_by_id(id));
  if (!fd.Open()) throw Failure("BPF_MAP_GET_FD_BY_ID", what, errno);
  auto info = ReadInfo<bpf_map_info>(fd.Get(), what);
  // libbpf would take over any shape, and the program would be judged with a map that it was not written for
  if (info.type != bpf_map__type(map) || info.key_size != bpf_map__key_size(map) ||
      info.value_size != bpf_map__value_size(map)) {
    Refuse("bpf_map__reuse_fd", what, EINVAL, "the two differ in type, key size or value size");
  }
  int error = -bpf_map__reuse_fd(map, fd.Get());
  if (error) throw Failure("bpf_map__reuse_fd", what, error);
}

void SetMaxEntries(bpf_object* object, const std::string& name, uint32_t entries) {
  constexpr const char* kOperation = "bpf_map__set_max_entries";
  std::string what = "set max_entries of map " + name + " to " + std::to_string(entries);
  bpf_map* map = FindMap(object, name, kOperation, what);
  if (bpf_map__is_internal(map)) Refuse(kOperation, what, EINVAL, "a section is one entry");
  int error = -bpf_map__set_max_entries(map, entries);
  if (error) throw Failure(kOperation, what, error);
}

void SetSection(bpf_object* object, const std::string& name, const std::vector<uint8_t>& bytes) {
  constexpr const char* kOperation = "bpf_map__set_initial_value";
  std::string what = "set of section " + name;
  bpf_map* map = FindMap(object, name, kOperation, what);
  if (!bpf_map__is_internal(map)) Refuse(kOperation, what, EINVAL, "it is no section of the object");
  if (bpf_map__value_size(map) != bytes.size()) {
    Refuse(kOperation, what, EINVAL, "it has " + std::to_string(bpf_map__value_size(map)) + " bytes, not " +
                                         std::to_string(bytes.size()));
  }
  int error = -bpf_map__set_initial_value(map, bytes.data(), bytes.size());
  if (error) throw Failure(kOperation, what, error);
}

void Prepare(const LoadRequest& request, Attempt& attempt, bool siblings) {
  bpf_object* object = attempt.object.get();
  attempt.program = bpf_object__find_program_by_name(object, request.program.c_str());
  if (!attempt.program) {
    Refuse("bpf_object__find_program_by_name", "search for program " + request.program, ENOENT,
           "the object has no program of that name");
  }
  bpf_program* program;
  bpf_object__for_each_program(program, object) {
    bool chosen = program == attempt.program;
    bpf_program__set_autoload(program, chosen || siblings);
    if (request.asXdp && (chosen || (siblings && bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC))) SetXdp(program);
    if (request.asInterface && chosen) bpf_program__set_expected_attach_type(program, BPF_XDP);
    if (request.offloadIfindex) bpf_program__set_ifindex(program, *request.offloadIfindex);
  }
  bpf_map* map;
  bpf_object__for_each_map(map, object) {
    if (!request.pinMaps) bpf_map__set_pin_path(map, nullptr);
    // a perf event array is the host's even for an offloaded program
    if (request.offloadIfindex && bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY) {
      bpf_map__set_ifindex(map, *request.offloadIfindex);
    }
  }
  for (const auto& [name, entries] : request.maxEntries) SetMaxEntries(object, name, entries);
  for (const auto& [name, bytes] : request.sections) SetSection(object, name, bytes);
  // last: what is reused has its own size, and takes no value
  for (const auto& [name, id] : request.reuseMaps) ReuseMap(object, name, id);
}

bool Says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/** libbpf tells only in words which of its steps failed */
const char* FailedStep(const Attempt& attempt) {
  if (!attempt.log.empty() || Says(attempt.libbpf, "program load failed")) return "BPF_PROG_LOAD";
  if (Says(attempt.libbpf, "failed to create")) return "BPF_MAP_CREATE";
  return "bpf_object__load";
}

void RefuseStopped(const LoadRequest& request, const std::string& what) {
  if (request.stop && request.stop->Asked()) Refuse("BPF_PROG_LOAD", what, ECANCELED, "it was stopped");
}

Attempt TryLoad(const LoadRequest& request, size_t logSize, uint32_t logLevel, bool siblings) {
  Prints prints;
  Attempt attempt;
  attempt.object = OpenObject(request.bytes.data(), request.bytes.size(), request.name);
  Prepare(request, attempt, siblings);

  // not filled with zeros, which would touch all of it
  std::unique_ptr<char[]> log(new char[logSize]);
  log[0] = 0;
  bpf_program__set_log_level(attempt.program, logLevel);
  // at level 0 libbpf uses it only to say why a load failed
  bpf_program__set_log_buf(attempt.program, log.get(), logSize);
  {
    std::optional<Stop::Scope> scope;
    if (request.stop) scope.emplace(*request.stop);
    attempt.error = -bpf_object__load(attempt.object.get());
  }
  bpf_program__set_log_buf(attempt.program, nullptr, 0);

  attempt.log = std::string(log.get(), strnlen(log.get(), logSize));
  attempt.libbpf = prints.Text();
  // The kernel says ENOSPC in place of its true errno. From 6.4 on also where the log was too long for a while only,
  // and what is left of it is short (len_max in kernel/bpf/log.c).
  attempt.logIsCut = attempt.log.size() + 1 >= logSize ||
                     (attempt.error == ENOSPC && strcmp(FailedStep(attempt), "BPF_PROG_LOAD") == 0);
  return attempt;
}

Loaded Describe(Attempt attempt, const std::string& what) {
  Loaded loaded;
  loaded.programFd = bpf_program__fd(attempt.program);
  loaded.programId = ReadInfo<bpf_prog_info>(loaded.programFd, what).id;
  bpf_map* map;
  bpf_object__for_each_map(map, attempt.object.get()) {
    int fd = bpf_map__fd(map);
    if (fd >= 0) loaded.maps.push_back({bpf_map__name(map), ReadInfo<bpf_map_info>(fd, what).id});
  }
  loaded.log = std::move(attempt.log);
  loaded.libbpf = std::move(attempt.libbpf);
  loaded.object = std::move(attempt.object);
  return loaded;
}

}  // namespace

ObjectPointer OpenObject(const void* bytes, size_t size, const std::string& name) {
  Prints prints;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = name.c_str());
  errno = 0;
  ObjectPointer object(bpf_object__open_mem(bytes, size, &options));
  if (object) return object;
  Failure failure("bpf_object__open", "open of object " + name, errno ? errno : EINVAL);
  if (!prints.Text().empty()) failure.libbpf = prints.Text();
  throw failure;
}

Loaded LoadProgram(const LoadRequest& request) {
  NetnsScope scope(request.netns);
  std::string what = "load of program " + request.program;
  size_t logSize = kFirstLog;
  uint32_t logLevel = request.logLevel;
  std::string tail;
  bool siblings = false;
  for (;;) {
    RefuseStopped(request, what);
    Attempt attempt = TryLoad(request, logSize, logLevel, siblings);
    RefuseStopped(request, what);
    if (attempt.logIsCut && logLevel != kStatistics) {
      if (logSize >= kLongestLog) {
        // From Linux 6.4 on the end of it is what is left. Why it was refused, if it was, only another run tells.
        tail = std::move(attempt.log);
        logLevel = kStatistics;
        logSize = kFirstLog;
      } else {
        logSize *= kLogGrowth;
      }
      continue;
    }
    if (!attempt.error) return Describe(std::move(attempt), what);
    // A PROG_ARRAY whose slots the object fills in itself needs the programs in them. Ours was accepted by then.
    if (!siblings && Says(attempt.libbpf, "failed to initialize slot")) {
      siblings = true;
      continue;
    }
    Failure failure(FailedStep(attempt), what, attempt.error);
    failure.log = tail.empty() ? std::move(attempt.log) : std::move(tail);
    if (!attempt.libbpf.empty()) failure.libbpf = std::move(attempt.libbpf);
    throw failure;
  }
}

}  // namespace xdpw
