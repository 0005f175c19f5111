const siteMetadata = {
  title: "Next Slice",
  author: "Dora Oats",
  description: "A blog on oats.",
  language: "en-us",
  siteUrl: "https://slice.example",
};
module.exports = siteMetadata;
