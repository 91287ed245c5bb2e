/**
 * Walks through the app: each file in walks/ is one test. A walk is what somebody does, step by step, and what they then
 * see. A target is found as a person finds it: by its role and name, its label, its placeholder or its text; those that
 * bear the words as a whole come before those that bear them as a part, without regard to capital letters.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import type { BrowserContext, Locator, Page } from '@playwright/test'

type Role = Parameters<Page['getByRole']>[0]

interface Target { role?: Role; name?: string; label?: string; placeholder?: string; text?: string; within?: Target; nth?: number }

/** One of the verbs, with what belongs to it. */
interface Step {
  click?: Target; double_click?: Target; hover?: Target; type?: string; into?: Target; press?: string; on?: Target; select?: string; of?: Target
  check?: Target; uncheck?: Target; drag?: Target; to?: Target; open?: string; back?: true; reload?: true
  viewport?: { width: number; height: number }; tab?: number; wait?: number; store?: string; see?: Target; not_see?: Target; stored?: string; under?: string; at?: string
  value?: string; checked?: boolean; pressed?: boolean; selected?: boolean; expanded?: boolean; disabled?: boolean; focused?: boolean; count?: number
  seconds?: number
}

for (const file of readdirSync('walks').filter((name) => name.endsWith('.json')).sort()) {
  const walk = JSON.parse(readFileSync(`walks/${file}`, 'utf8')) as { title: string; steps: Step[] }
  test(`${walk.title} (walks/${file})`, async ({ page, context }) => {
    const thrown: Error[] = []
    const watch = (tab: Page): void => {
      tab.on('pageerror', (error) => thrown.push(error))
      tab.on('dialog', (dialog) => void dialog.accept())
    }
    watch(page)
    context.on('page', watch)
    const tabs = new Map([[1, page]])
    let tab = page
    // Every walk begins at the same moment.
    await context.clock.install({ time: new Date(2026, 5, 3, 10) })
    await page.goto('/')
    for (const [index, step] of walk.steps.entries()) {
      await test.step(`${index + 1}. ${JSON.stringify(step)}`, async () => {
        if (step.tab === undefined) return take(tab, step)
        tab = tabs.get(step.tab) ?? await newTab(context)
        tabs.set(step.tab, tab)
        await tab.bringToFront()
      })
      expect(thrown, 'errors that the app did not catch').toEqual([])
    }
  })
}

async function newTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage()
  await tab.goto('/')
  return tab
}

async function take(page: Page, step: Step): Promise<void> {
  if (step.click) await (await one(page, step.click)).click()
  else if (step.double_click) await (await one(page, step.double_click)).dblclick()
  else if (step.hover) await (await one(page, step.hover)).hover()
  else if (step.type !== undefined && step.into) await typeInto(page, await one(page, step.into), step.type)
  else if (step.press) await (step.on ? (await one(page, step.on)).press(step.press) : page.keyboard.press(step.press))
  else if (step.select !== undefined && step.of) await select(await one(page, step.of), step.select)
  else if (step.check) await (await one(page, step.check)).setChecked(true, { force: true })
  else if (step.uncheck) await (await one(page, step.uncheck)).setChecked(false, { force: true })
  else if (step.drag && step.to) await (await one(page, step.drag)).dragTo(await one(page, step.to))
  else if (step.open !== undefined) await page.goto(step.open)
  else if (step.back) await page.goBack()
  else if (step.reload) await page.reload()
  else if (step.viewport) await page.setViewportSize(step.viewport)
  else if (step.wait !== undefined) await page.clock.runFor(step.wait * 1_000)
  else if (step.store !== undefined) await page.evaluate(([key, value]) => localStorage.setItem(key!, value!), [step.store, step.value ?? ''])
  else if (step.see) await see(page, step.see, step)
  else if (step.not_see) await until(step, async () => (await found(page, step.not_see!)).count(), (count) => count === 0)
  else if (step.stored !== undefined) await until(step, () => keptUnder(page, step.under), (kept) => folded(kept).includes(folded(step.stored!)))
  else if (step.at !== undefined) await until(step, () => { const { pathname, search, hash } = new URL(page.url()); return pathname + search + hash }, (at) => at === step.at)
  else throw new Error('no such step')
}

async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  const filled = ['date', 'number', 'range', 'email', 'color', 'time', 'month', 'week', 'datetime-local'].includes(await field.getAttribute('type') ?? '')
  if (filled || text === '') return field.fill(text)
  await field.fill(text.slice(0, -1))
  await page.keyboard.type(text.at(-1)!)
}

async function select(list: Locator, words: string): Promise<void> {
  const options = await list.locator('option').evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).label))
  const option = options.find((label) => folded(label) === folded(words)) ?? options.find((label) => folded(label).includes(folded(words)))
  await list.selectOption({ label: option ?? words })
}

async function see(page: Page, target: Target, step: Step): Promise<void> {
  await until(step, async () => (await found(page, target)).count(), (count) => (step.count === undefined ? count > 0 : count === step.count))
  const { value, checked, focused, disabled } = step
  const attributes = { 'aria-pressed': step.pressed, 'aria-selected': step.selected, 'aria-expanded': step.expanded }
  if ([value, checked, focused, disabled, ...Object.values(attributes)].every((state) => state === undefined)) return
  const element = await one(page, target)
  if (value !== undefined) await until(step, () => element.evaluate((e) => (e instanceof HTMLSelectElement ? e.selectedOptions[0]?.label : (e as HTMLInputElement).value) ?? ''), (is) => folded(is) === folded(value))
  if (checked !== undefined) await expect(element).toBeChecked({ checked })
  if (focused !== undefined) await expect(element).toBeFocused({ timeout: 5_000 }).then(() => expect(focused).toBe(true), (error) => { if (focused) throw error })
  if (disabled !== undefined) await expect(element).toBeDisabled({ timeout: 5_000 }).then(() => expect(disabled).toBe(true), (error) => { if (disabled) throw error })
  for (const [name, state] of Object.entries(attributes)) if (state !== undefined) await until(step, async () => (await element.getAttribute(name) ?? 'false') === 'true', (is) => is === state)
}

/** The one element that fits, once there is just one. */
async function one(page: Page, target: Target): Promise<Locator> {
  await until({}, async () => (await found(page, target)).count(), (count) => count === 1)
  return found(page, target)
}

async function found(page: Page, target: Target): Promise<Locator> {
  const scope = target.within ? await found(page, target.within) : page
  const sought = target.role ? target.name : target.label ?? target.placeholder ?? target.text
  const words = (sought ?? '').trim().replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+')
  const whole = look(scope, target, new RegExp(`^\\s*${words}\\s*$`, 'i'))
  const all = sought === undefined || (await whole.count()) > 0 ? whole : look(scope, target, new RegExp(words, 'i'))
  return target.nth === undefined ? all : all.nth(target.nth - 1)
}

function look(scope: Page | Locator, target: Target, words: RegExp): Locator {
  if (target.role) return target.name === undefined ? scope.getByRole(target.role) : scope.getByRole(target.role, { name: words })
  const labelled = target.label ? scope.getByLabel(words) : target.placeholder ? scope.getByPlaceholder(words) : scope.getByText(words)
  return labelled.filter({ visible: true })
}

const keptUnder = (page: Page, key: string | undefined): Promise<string> => page.evaluate((under) => [localStorage, sessionStorage]
  .flatMap((area) => Object.keys(area).filter((name) => under === undefined || name === under).map((name) => area.getItem(name) ?? '')).join('\n'), key)

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase()

async function until<T>({ seconds = 5 }: Step, look: () => T | Promise<T>, met: (is: T) => boolean): Promise<void> {
  await expect.poll(async () => met(await look()), { timeout: seconds * 1_000, intervals: [20, 50, 100] }).toBe(true)
}
