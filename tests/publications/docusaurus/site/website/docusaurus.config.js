const config = {
  title: "Dough Tool",
  tagline: "Mix faster",
  url: "https://dough.example",
  baseUrl: "/docs/",
  i18n: { defaultLocale: "en", locales: ["en"] },
  presets: [["classic", { blog: { routeBasePath: "news" } }]],
};
module.exports = config;
