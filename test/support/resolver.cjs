const { existsSync } = require('node:fs');
const { join, sep } = require('node:path');

/** What our own code imports comes from the libraries put together (libraries.js); what they leave out is found as ever. */
module.exports = (name, options) => {
  const folder = process.env.DANBI_TEST_LIBRARIES;
  if (folder && !name.startsWith('.') && options.conditions?.includes('import') && !options.basedir.includes(`${sep}node_modules${sep}`)) {
    const file = join(folder, `${name}.mjs`);
    if (existsSync(file)) return file;
  }
  return options.defaultResolver(name, options);
};
