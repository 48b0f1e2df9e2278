import { join } from 'node:path';

/** Paths of the private apt tree in its folder. */
export const treePaths = (folder: string) => ({
  lock: join(folder, 'booty.lock'),
  configuration: join(folder, 'apt.conf'),
  sources: join(folder, 'booty.sources'),
  /** When the lists were last brought up to date, and from which sources. */
  stamp: join(folder, 'updated.json'),
  status: join(folder, 'status'),
  partialLists: join(folder, 'lists', 'partial'),
  partialArchives: join(folder, 'cache', 'archives', 'partial'),
});

/**
Configuration of the private tree, handed to apt with `-c`, which is read after the machine's own: so proxies,
certificates and passwords of the machine apply, while everything that would touch the machine is turned to the tree.

- Hooks of the machine are cleared: they are made for its administrator (as root they would run at our update).
- `APT::Sandbox::User root` means "as whoever runs it": the user `_apt` cannot read below a private BOOTY_HOME.
- A default release of the machine is unset: apt refuses to start where the tree has no such release.
- A dead mirror must not hang: 5 s without a byte is a failure (apt then tries once more), and no more tries follow.
*/
export const aptConfiguration = (folder: string): string => `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke-Stats;
#clear AptCli::Hooks;
Dir::State "${folder}";
Dir::State::lists "${join(folder, 'lists')}";
Dir::State::status "${join(folder, 'status')}";
Dir::State::extended_states "${join(folder, 'extended_states')}";
Dir::Cache "${join(folder, 'cache')}";
Dir::Cache::archives "archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "${join(folder, 'booty.sources')}";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Default-Release "";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
Acquire::http::Timeout "5";
Acquire::https::Timeout "5";
Acquire::Retries "0";
APT::Update::Error-Mode "any";
APT::Sandbox::User "root";
`;
