export class WebContainerEngine {}; export interface WebContainerOptions {}
