import type { RequestHandler } from "express";
import { GroundworkError } from "../infra/errors.ts";
import { identityOf } from "./authenticate.ts";

export const operatorOnly: RequestHandler = (request, _response, next) => {
  if (identityOf(request).via !== "operator")
    throw new GroundworkError("forbidden", "Only the operator may do this, from the command line.");
  next();
};
