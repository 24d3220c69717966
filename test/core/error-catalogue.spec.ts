import { deepStrictEqual } from 'node:assert/strict';
import { errorCatalogue, errorWords } from '../../core/error-catalogue.ts';
import { rule } from '../support/given.ts';

rule('an error’s words name what it is about', () =>
  deepStrictEqual(errorWords('UnknownCommand', '/foo'), 'Unknown command /foo. Try /help.'),
);
rule('an error’s words name it as it is', () => {
  for (const subject of ['$&', '$1', "$'", '{}', '\\'])
    deepStrictEqual(errorWords('NoSuchUser', subject), `There is no user ${subject}.`);
});
rule('an error that is about nothing is told in its own words', () =>
  deepStrictEqual(errorWords('InvalidCredentials', 'alice'), 'Invalid credentials.'),
);
rule('every error has a place for one subject at most', () =>
  deepStrictEqual(
    Object.entries(errorCatalogue).filter(([, words]) => words.split('{}').length > 2),
    [],
  ),
);
rule('what existing clients match is said in the words that they match', () =>
  deepStrictEqual(
    [errorWords('InvalidCredentials', ''), errorWords('AlreadyLoggedIn', 'alice')],
    ['Invalid credentials.', 'User already logged in elsewhere.'],
  ),
);
