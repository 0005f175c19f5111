module.exports = {
  title: "Vuepastry",
  description: "Layers of it",
  lang: "en-US",
};
