export const SITE_TITLE = "Starch & Stars";
export const SITE_DESCRIPTION = 'Bread by night.';
