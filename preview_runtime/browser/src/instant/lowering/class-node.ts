import type { Node } from '@babel/types'

export type ClassNode = Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>
