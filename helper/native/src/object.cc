#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "addon.h"
#include "arguments.h"
#include "load.h"
#include "task.h"

namespace xdpw {

namespace {

/** LoadedObject of face.ts: owns the libbpf object, and with it the descriptors of its program and maps. */
class LoadedObject : public Napi::ObjectWrap<LoadedObject> {
 public:
  static Napi::Function Class(Napi::Env env) {
    return DefineClass(env, "LoadedObject", {InstanceMethod<&LoadedObject::Close>("close")});
  }

  explicit LoadedObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LoadedObject>(info) {
    Napi::Env env = info.Env();
    if (!info[0].IsExternal()) throw Napi::TypeError::New(env, "a LoadedObject comes from loadObject()");
    auto* loaded = info[0].As<Napi::External<Loaded>>().Data();
    object_ = std::move(loaded->object);

    auto maps = Napi::Array::New(env);
    for (const auto& map : loaded->maps) {
      auto entry = Napi::Object::New(env);
      entry.Set("name", map.name);
      entry.Set("id", map.id);
      maps[maps.Length()] = entry;
    }
    auto self = info.This().As<Napi::Object>();
    Define(self, "log", Napi::String::New(env, loaded->log));
    Define(self, "libbpf", Napi::String::New(env, loaded->libbpf));
    Define(self, "programFd", Napi::Number::New(env, loaded->programFd));
    Define(self, "programId", Napi::Number::New(env, loaded->programId));
    Define(self, "maps", maps);
  }

 private:
  Napi::Value Close(const Napi::CallbackInfo& info) {
    object_.reset();
    return info.Env().Undefined();
  }

  ObjectPointer object_;
};

class Load : public Task {
 public:
  Load(Napi::Env env, LoadRequest request) : Task(env, "xdpw load"), request_(std::move(request)) {}

 protected:
  void Run() override { loaded_ = LoadProgram(request_); }
  Napi::Value Result(Napi::Env env) override {
    return env.GetInstanceData<Realm>()->loadedObject.New({Napi::External<Loaded>::New(env, &loaded_)});
  }

 private:
  LoadRequest request_;
  Loaded loaded_;
};

/** Asks for the end as soon as the AbortSignal says so. */
std::shared_ptr<Stop> StopWith(Napi::Object signal) {
  auto stop = std::make_shared<Stop>();
  if (ToBool(signal.Get("aborted"), "signal.aborted")) stop->Ask();
  auto abort = Napi::Function::New(signal.Env(), [stop](const Napi::CallbackInfo&) { stop->Ask(); });
  ToFunction(signal.Get("addEventListener"), "signal.addEventListener")
      .Call(signal, {Napi::String::New(signal.Env(), "abort"), abort});
  return stop;
}

Napi::Value LoadObject(const Napi::CallbackInfo& info) {
  auto options = ToObject(info[0], "options");
  LoadRequest request;
  Bytes bytes = ToBytes(options.Get("bytes"), "bytes");
  // a copy: the caller may change or drop its Buffer while the worker reads
  request.bytes.assign(bytes.data, bytes.data + bytes.size);
  request.name = ToText(options.Get("name"), "name");
  request.program = ToText(options.Get("program"), "program");
  request.asXdp = ToBool(options.Get("asXdp"), "asXdp");
  Napi::Value interface = options.Get("asInterface");
  if (!interface.IsUndefined()) request.asInterface = ToBool(interface, "asInterface");
  request.netns = ToTextOrNull(options.Get("netns"), "netns");
  Napi::Value device = options.Get("offloadIfindex");
  if (!device.IsNull()) request.offloadIfindex = ToUint32(device, "offloadIfindex");
  request.logLevel = ToUint32(options.Get("logLevel"), "logLevel");
  Napi::Value pin = options.Get("pinMaps");
  if (!pin.IsUndefined()) request.pinMaps = ToBool(pin, "pinMaps");
  Napi::Value reuse = options.Get("reuseMaps");
  if (!reuse.IsUndefined()) {
    auto maps = ToObject(reuse, "reuseMaps");
    auto names = maps.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); i += 1) {
      Napi::Value name = names.Get(i);
      request.reuseMaps[ToText(name, "reuseMaps")] = ToUint32(maps.Get(name), "reuseMaps");
    }
  }
  Napi::Value signal = options.Get("signal");
  if (!signal.IsUndefined()) request.stop = StopWith(ToObject(signal, "signal"));
  Napi::Value sizes = options.Get("maxEntries");
  if (!sizes.IsUndefined()) {
    auto maps = ToObject(sizes, "maxEntries");
    auto names = maps.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); i += 1) {
      Napi::Value name = names.Get(i);
      request.maxEntries[ToText(name, "maxEntries")] = ToUint32(maps.Get(name), "maxEntries");
    }
  }
  Napi::Value contents = options.Get("sections");
  if (!contents.IsUndefined()) {
    auto sections = ToObject(contents, "sections");
    auto names = sections.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); i += 1) {
      Napi::Value name = names.Get(i);
      Bytes section = ToBytes(sections.Get(name), "sections");
      request.sections[ToText(name, "sections")].assign(section.data, section.data + section.size);
    }
  }
  return (new Load(info.Env(), std::move(request)))->Start();
}

Napi::Object DescribeProgram(Napi::Env env, const bpf_program* program) {
  auto entry = Napi::Object::New(env);
  entry.Set("name", bpf_program__name(program));
  entry.Set("section", bpf_program__section_name(program));
  entry.Set("type", static_cast<uint32_t>(bpf_program__type(program)));
  entry.Set("instructions", static_cast<double>(bpf_program__insn_cnt(program)));
  return entry;
}

Napi::Object DescribeObjectMap(Napi::Env env, const bpf_map* map) {
  auto entry = Napi::Object::New(env);
  entry.Set("name", bpf_map__name(map));
  entry.Set("type", static_cast<uint32_t>(bpf_map__type(map)));
  entry.Set("keySize", bpf_map__key_size(map));
  entry.Set("valueSize", bpf_map__value_size(map));
  entry.Set("maxEntries", bpf_map__max_entries(map));
  entry.Set("internal", bpf_map__is_internal(map));
  if (const char* path = bpf_map__pin_path(map)) entry.Set("pinPath", path);
  return entry;
}

Napi::Value InspectObject(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Bytes bytes = ToBytes(info[0], "bytes");
  ObjectPointer object = OpenObject(bytes.data, bytes.size, ToText(info[1], "name"));
  auto programs = Napi::Array::New(env);
  auto maps = Napi::Array::New(env);
  bpf_program* program;
  bpf_object__for_each_program(program, object.get()) programs[programs.Length()] = DescribeProgram(env, program);
  bpf_map* map;
  bpf_object__for_each_map(map, object.get()) maps[maps.Length()] = DescribeObjectMap(env, map);
  auto contents = Napi::Object::New(env);
  contents.Set("programs", programs);
  contents.Set("maps", maps);
  return contents;
}

Napi::Value LoadPass(const Napi::CallbackInfo& info) {
  std::string name = ToText(info[0], "name");
  bpf_insn instructions[2] = {};
  instructions[0].code = BPF_ALU64 | BPF_MOV | BPF_K;  // r0 = XDP_PASS
  instructions[0].imm = XDP_PASS;
  instructions[1].code = BPF_JMP | BPF_EXIT;
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_XDP);
  if (!info[1].IsUndefined() && !info[1].IsNull()) options.prog_ifindex = ToUint32(info[1], "offloadIfindex");
  int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name.c_str(), "Dual BSD/GPL", instructions, 2, &options);
  if (fd < 0) throw Failure("BPF_PROG_LOAD", "load of program " + name, -fd);
  return Napi::Number::New(info.Env(), fd);
}

Napi::Value CloseFd(const Napi::CallbackInfo& info) {
  int fd = ToFd(info[0], "fd");
  if (close(fd)) throw Failure("close", "close of descriptor " + std::to_string(fd), errno);
  return info.Env().Undefined();
}

}  // namespace

void RegisterObject(Napi::Object exports, Realm& realm) {
  realm.loadedObject = Napi::Persistent(LoadedObject::Class(exports.Env()));
  Export<InspectObject>(exports, "inspectObject");
  Export<LoadObject>(exports, "loadObject");
  Export<LoadPass>(exports, "loadPass");
  Export<CloseFd>(exports, "closeFd");
}

}  // namespace xdpw
