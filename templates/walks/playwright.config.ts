import { defineConfig } from '@playwright/test'

const port = Number(process.env.PORT ?? 5173)

export default defineConfig({
  testDir: 'tests',
  testMatch: 'walks.spec.ts',
  fullyParallel: true,
  timeout: 60_000,
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    // A browser that is here already; without it `npx playwright install chromium` brings one.
    launchOptions: { executablePath: process.env.CHROMIUM_PATH },
  },
  webServer: {
    command: `npx vite --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: !process.env.CI,
  },
})
