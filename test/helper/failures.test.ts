import { describe, expect, it } from "vitest";
import { asFailure } from "../../helper/failures.ts";
import type { KernelError } from "../../helper/native/kernel-error.ts";
import { failure } from "../../protocol/failures.ts";
import { refusedLoad } from "../../helper/verify.ts";

const kernelError = (code: string, errno: number, more: Partial<KernelError> = {}): KernelError =>
  Object.assign(new Error(code), { code, errno, operation: "RTM_SETLINK", ...more });

describe("a kernel's no", () => {
  it("keeps its errno and extack, and says what to do", () => {
    const made = asFailure(kernelError("EBUSY", 16, { extack: "Can't replace active BPF XDP link" }), {
      doing: "attach xdp_pass to port0",
    });
    expect(made.message).toBe(
      "attach xdp_pass to port0: Device or resource busy (EBUSY): Can't replace active BPF XDP link; detach what is there first, or choose the mode that it runs in",
    );
    expect(failure.safeParse(made).success).toBe(true);
  });

  it("is about privilege, or about what is gone, where it is", () => {
    expect(asFailure(kernelError("EPERM", 1), { doing: "list programs" }).kind).toBe("no-privilege");
    const subject = { what: "map", name: "id 7" };
    expect(asFailure(kernelError("ENOENT", 2), { doing: "read map id 7", subject })).toEqual({
      ...{ kind: "not-found", message: "read map id 7: there is no map id 7 (any more)", ...subject },
    });
  });

  it("to a load is a verdict only where the verifier spoke", () => {
    const load = { operation: "BPF_PROG_LOAD", log: "R1 invalid" };
    expect(refusedLoad(kernelError("EACCES", 13, load), "p", "o", ["CAP_BPF"])).toBe(null);
    expect(refusedLoad(kernelError("EPERM", 1, load), "p", "o", [])?.kind).toBe("no-privilege");
    const open = {
      operation: "bpf_object__open",
      libbpf: "libbpf: legacy map definitions are not supported\nlibbpf: more",
    };
    const refused = refusedLoad(kernelError("ENOTSUP", 95, open), "p", "o", ["CAP_BPF"]);
    expect(refused).toMatchObject({ kind: "bad-object", message: "open o: legacy map definitions are not supported" });
    const create = { operation: "BPF_MAP_CREATE", libbpf: "libbpf: Error creating map" };
    expect(refusedLoad(kernelError("EINVAL", 22, create), "p", "o", ["CAP_BPF"])?.kind).toBe("kernel");
  });
});
