/** Changes within this share count as none. Apart, so that whoever reads a command line loads no statistics. */
export const DEFAULT_MARGIN = 0.05
