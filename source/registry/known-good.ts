declare const BOOTY_REGISTRY_SHA256: string | undefined;

/**
SHA-256 of the registry.json that was found right when this booty was built: the same bytes need not be checked at each start
(90 ms of a processor). null when it runs from source, or the file was wrong then.
*/
export const knownGoodSha256: string | null = typeof BOOTY_REGISTRY_SHA256 === 'string' ? BOOTY_REGISTRY_SHA256 : null;
