/** What a contract is: methods by name, each with the schema of what it takes and of what it answers. */
import * as z from "zod";

export interface Method<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly params: P;
  readonly result: R;
}
export type Contract = Readonly<Record<string, Method>>;
export type Notifications = Readonly<Record<string, z.ZodType>>;
export type Params<M extends Method> = z.infer<M["params"]>;
export type Result<M extends Method> = z.infer<M["result"]>;

export function method<P extends z.ZodType, R extends z.ZodType>(params: P, result: R): Method<P, R> {
  return { params, result };
}
/** no parameters, or nothing to answer */
export const none = z.strictObject({});
