import { openLog } from "../../infra/log.ts";

export const silentLog = openLog("silent");
