/** Version of the product, as the console and the API documents show it. */
export const version = '0.1.0';
