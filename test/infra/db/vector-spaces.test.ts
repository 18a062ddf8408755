import { vectorSpacesContract } from "../../contracts/vector-spaces.ts";
import { onEveryDatabase } from "../../support/database-under-test.ts";

onEveryDatabase(vectorSpacesContract);
