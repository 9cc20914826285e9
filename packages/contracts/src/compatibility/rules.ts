import { itemsRule, uniqueItemsRule } from "./array-rules";
import { boundRules } from "./bound-rules";
import { allOfRule, anyOfRule, conditionRule, oneOfRule } from "./combination-rules";
import { factRules } from "./fact-rules";
import { identityRule } from "./identity-rule";
import { asOfRule, classificationRule, defaultRule, roleRule, sqlRule, wordsRule } from "./meaning-rules";
import { additionalPropertiesRule, propertiesRule, requiredRule } from "./property-rules";
import type { Rule } from "./rule";
import { typeRule } from "./type-rule";
import { unknownRule } from "./unknown-rule";
import { constRule, enumRule, formatRule, patternRule } from "./value-rules";

/** Every rule; a keyword that none of them names is left to the last one. */
export const RULES: readonly Rule[] = [
  identityRule,
  propertiesRule,
  requiredRule,
  additionalPropertiesRule,
  typeRule,
  enumRule,
  constRule,
  ...boundRules,
  patternRule,
  formatRule,
  itemsRule,
  uniqueItemsRule,
  anyOfRule,
  oneOfRule,
  allOfRule,
  conditionRule,
  classificationRule,
  roleRule,
  asOfRule,
  sqlRule,
  ...factRules,
  wordsRule,
  defaultRule,
  unknownRule,
];
