#pragma once
#include <napi.h>

#include "errors.h"

namespace xdpw {

/** What each JavaScript realm (the main thread, a worker) keeps of us. */
struct Realm {
  Napi::FunctionReference loadedObject;
  Napi::FunctionReference mapHandle;
  Napi::FunctionReference frameCounter;
  Napi::FunctionReference linkWatch;
};

using Function = Napi::Value (*)(const Napi::CallbackInfo&);

template <Function fn>
Napi::Value Guarded(const Napi::CallbackInfo& info) {
  return Guard(info.Env(), [&] { return fn(info); });
}

template <Function fn>
void Export(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<Guarded<fn>>(exports.Env(), name));
}

/** Each file of functions adds its own to the exports. */
void RegisterCapabilities(Napi::Object exports);
void RegisterCount(Napi::Object exports, Realm& realm);
void RegisterDump(Napi::Object exports);
void RegisterEthtool(Napi::Object exports);
void RegisterHelpers(Napi::Object exports);
void RegisterInfo(Napi::Object exports);
void RegisterMake(Napi::Object exports);
void RegisterMap(Napi::Object exports, Realm& realm);
void RegisterNetns(Napi::Object exports);
void RegisterObject(Napi::Object exports, Realm& realm);
void RegisterOrphan(Napi::Object exports);
void RegisterPool(Napi::Object exports);
void RegisterQuery(Napi::Object exports);
void RegisterSend(Napi::Object exports);
void RegisterTestRun(Napi::Object exports);
void RegisterTracepoint(Napi::Object exports);
void RegisterWatch(Napi::Object exports, Realm& realm);
void RegisterXdp(Napi::Object exports);

/** Defines a property that stays as it is. */
inline void Define(Napi::Object object, const char* name, napi_value value) {
  object.DefineProperty(Napi::PropertyDescriptor::Value(name, value, napi_enumerable));
}

}  // namespace xdpw
