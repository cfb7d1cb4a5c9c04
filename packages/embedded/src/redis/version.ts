/** The version whose behaviour this server has. */
export const VERSION = '7.0.15';
