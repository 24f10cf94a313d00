/** The theme's variables, which the build makes a style sheet of. */
declare module 'virtual:theme.css';
