import{html as e,Heading as t}from"../portal.js";function r(){return e`<${t} title="Overview" />`}export{r as default};
