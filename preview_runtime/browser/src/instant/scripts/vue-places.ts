import type { compileTemplate } from '@vue/compiler-sfc'

type NodeTransform = NonNullable<NonNullable<Parameters<typeof compileTemplate>[0]['compilerOptions']>['nodeTransforms']>[number]
type Node = Parameters<NodeTransform>[0]
type Prop = Extract<Node, { props: unknown }>['props'][number]

// The numbers of @vue/compiler-core's NodeTypes and ElementTypes, which are const enums.
const ELEMENT = 1
const TEXT = 2
const ATTRIBUTE = 6
const DIRECTIVE = 7
const COMPONENT = 1

/**
 * Gives each element of a template its place, `<hash of the template>:<offset in it>`, under a name that Vue keeps for
 * itself: it reaches neither attributes nor props (`isReservedProp` of @vue/shared). It is `ref_key`, which means
 * something only beside a `ref`; there it is the empty name, which `mergeProps` would drop elsewhere.
 */
export function markingPlaces(hash: string): NodeTransform {
  return (node) => {
    if (node.type !== ELEMENT || node.tagType > COMPONENT) return
    if (node.props.some((prop) => prop.type === ATTRIBUTE && prop.name === 'ref_key')) return
    const { loc } = node
    const name = node.props.some(isRef) ? '' : 'ref_key'
    node.props.push({ type: ATTRIBUTE, name, nameLoc: loc, value: { type: TEXT, content: `${hash}:${loc.start.offset}`, loc }, loc } as Prop)
  }
}

const isRef = (prop: Prop): boolean => prop.type === ATTRIBUTE ? prop.name === 'ref' : prop.type === DIRECTIVE && prop.name === 'bind' && prop.arg !== undefined && 'content' in prop.arg && prop.arg.content === 'ref'
