/** The version whose behavior this server has. */
export const VERSION = '7.0.15';
