export declare const NODE_APPS: readonly string[];
export declare function buildApps(apps?: readonly string[]): Promise<string[]>;
