/** The path under which a front door shows the pages of a service. */
export const routePrefix = (service: string): string => `/${service}`;
