import { defineConfig } from "astro/config";
// site: "https://wrong.example"
export default defineConfig({
  site: "https://stars.example",
});
