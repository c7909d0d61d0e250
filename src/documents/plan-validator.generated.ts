// Generated from schemas/plan.schema.json by `npm run generate`; edit the schema instead.
// @ts-nocheck
"use strict";
export const validatePlan = validate20;
const schema31 = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"lockstep:plan","type":"object","additionalProperties":false,"required":["format","plan_id","cluster","changes","steps","findings","rehearsal"],"properties":{"format":{"const":1},"plan_id":{"type":"string","pattern":"^[0-9a-f]{64}$"},"created_at":{"type":"string","format":"date-time"},"cluster":{"type":"object","additionalProperties":false,"required":["id","name","product","server_version","nodes"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"product":{"enum":["openbao","vault"]},"server_version":{"type":"string"},"nodes":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["address","role","state"],"properties":{"address":{"type":"string","format":"lockstep-node"},"role":{"enum":["active","standby","unknown"]},"state":{"enum":["serving","forwarding","sealed","unreachable"]}}}},"lock":{"type":"string"},"binary_check":{"type":"object","additionalProperties":false,"required":["command","files"],"properties":{"command":{"type":"array","items":{"type":"string"},"minItems":1},"files":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["command","sha256"],"properties":{"command":{"type":"string"},"sha256":{"type":"string","format":"lockstep-sha256"}}}}}}}},"changes":{"type":"array","items":{"$ref":"#/$defs/change"}},"steps":{"type":"array","items":{"$ref":"#/$defs/step"}},"findings":{"type":"array","items":{"$ref":"#/$defs/finding"}},"rehearsal":{"oneOf":[{"type":"null"},{"$ref":"#/$defs/rehearsal"}]}},"$defs":{"step":{"type":"object","additionalProperties":false,"required":["id","group","after","action","requires","ensures","undo","restores","why"],"properties":{"id":{"type":"string"},"group":{"type":"string"},"after":{"type":"array","items":{"type":"string"}},"action":{"$ref":"#/$defs/action"},"requires":{"type":"array","items":{"$ref":"#/$defs/fact"}},"ensures":{"type":"array","items":{"$ref":"#/$defs/fact"}},"undo":{"type":"array","items":{"$ref":"#/$defs/action"}},"why":{"type":"string"},"restores":{"type":"array","items":{"$ref":"#/$defs/fact"}},"verify":{"type":"array","items":{"$ref":"#/$defs/verification"},"minItems":1}}},"verification":{"oneOf":[{"type":"object","additionalProperties":false,"required":["mount","kind","path"],"properties":{"mount":{"type":"string","format":"lockstep-mount"},"kind":{"const":"read"},"path":{"type":"string"}}},{"type":"object","additionalProperties":false,"required":["mount","kind","command"],"properties":{"mount":{"type":"string","format":"lockstep-mount"},"kind":{"const":"run"},"command":{"type":"array","items":{"type":"string"}}}}]},"action":{"oneOf":[{"type":"object","additionalProperties":false,"required":["kind","plugin","version","entry","env"],"properties":{"kind":{"const":"register"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"entry":{"$ref":"#/$defs/entry"},"env":{"type":"array","items":{"$ref":"#/$defs/environment_name"}}}},{"type":"object","additionalProperties":false,"required":["kind","mount","namespace","plugin","version"],"properties":{"kind":{"const":"enable"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","mount","namespace","version"],"properties":{"kind":{"const":"tune"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","connection","namespace","version"],"properties":{"kind":{"const":"repoint"},"connection":{"type":"string","format":"lockstep-connection"},"namespace":{"type":"string","format":"lockstep-namespace"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","node","namespace","mounts"],"properties":{"kind":{"const":"reload"},"node":{"type":"string","format":"lockstep-node"},"namespace":{"type":"string","format":"lockstep-namespace"},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"},"minItems":1}}},{"type":"object","additionalProperties":false,"required":["kind","plugin","version"],"properties":{"kind":{"const":"deregister"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}}]},"fact":{"oneOf":[{"type":"object","additionalProperties":false,"required":["fact","plugin","version","entry"],"properties":{"fact":{"const":"entry"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"entry":{"oneOf":[{"type":"null"},{"$ref":"#/$defs/entry"}]},"node":{"type":"string","format":"lockstep-node"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace","plugin","configured_version"],"properties":{"fact":{"const":"mount"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"accessor":{"type":"string"},"configured_version":{"type":"string","format":"lockstep-version"},"node":{"type":"string","format":"lockstep-node"}}},{"type":"object","additionalProperties":false,"required":["fact"],"properties":{"fact":{"const":"no_namespaces"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace"],"properties":{"fact":{"const":"no_mount"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace","node","sha256"],"properties":{"fact":{"const":"running"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"node":{"type":"string","format":"lockstep-node"},"sha256":{"type":"string","format":"lockstep-sha256"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["fact","plugin","version","sha256"],"properties":{"fact":{"const":"unused"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"sha256":{"type":"string","format":"lockstep-sha256"}}},{"type":"object","additionalProperties":false,"required":["fact","connection","namespace","plugin","version"],"properties":{"fact":{"const":"connection"},"connection":{"type":"string","format":"lockstep-connection"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}}]},"entry":{"type":"object","additionalProperties":false,"required":["command","sha256","args"],"properties":{"command":{"type":"string"},"sha256":{"type":"string","format":"lockstep-sha256"},"args":{"type":"array","items":{"type":"string"}}}},"environment_name":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string"},"from":{"type":"string"}}},"change":{"type":"object","additionalProperties":false,"required":["subject","kind","action","fields","why"],"properties":{"subject":{"type":"string"},"kind":{"enum":["entry","mount","connection"]},"action":{"enum":["add","change","remove"]},"fields":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["name","from","to"],"properties":{"name":{"type":"string"},"node":{"type":"string","format":"lockstep-node"},"from":{"type":["string","null"]},"to":{"type":["string","null"]}}}},"why":{"type":"string"}}},"finding":{"type":"object","additionalProperties":false,"required":["rule","severity","subject","message","fix","mounts","nodes"],"properties":{"rule":{"type":"string"},"severity":{"enum":["error","warning","note"]},"subject":{"type":"string"},"message":{"type":"string"},"fix":{"type":"string"},"lines":{"type":"array","items":{"type":"string"}},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"}},"nodes":{"type":"array","items":{"type":"string","format":"lockstep-node"}},"at":{"type":"string"},"allowed":{"type":"string"}}},"rehearsal":{"type":"object","additionalProperties":false,"required":["stopping_points","safe","unsafe"],"properties":{"stopping_points":{"type":"integer","minimum":0},"safe":{"type":"integer","minimum":0},"unsafe":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["after","kind","problem","mounts","nodes"],"properties":{"after":{"type":"string"},"kind":{"enum":["refused","down","entry-missing","file-differs","other-binary","unregistered","other-mount","late-standby","no-leader","missed-end"]},"problem":{"type":"string"},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"}},"nodes":{"type":"array","items":{"type":"string","format":"lockstep-node"}}}}}}}}};
const schema32 = {"type":"object","additionalProperties":false,"required":["subject","kind","action","fields","why"],"properties":{"subject":{"type":"string"},"kind":{"enum":["entry","mount","connection"]},"action":{"enum":["add","change","remove"]},"fields":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["name","from","to"],"properties":{"name":{"type":"string"},"node":{"type":"string","format":"lockstep-node"},"from":{"type":["string","null"]},"to":{"type":["string","null"]}}}},"why":{"type":"string"}}};
const schema40 = {"type":"object","additionalProperties":false,"required":["rule","severity","subject","message","fix","mounts","nodes"],"properties":{"rule":{"type":"string"},"severity":{"enum":["error","warning","note"]},"subject":{"type":"string"},"message":{"type":"string"},"fix":{"type":"string"},"lines":{"type":"array","items":{"type":"string"}},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"}},"nodes":{"type":"array","items":{"type":"string","format":"lockstep-node"}},"at":{"type":"string"},"allowed":{"type":"string"}}};
const schema41 = {"type":"object","additionalProperties":false,"required":["stopping_points","safe","unsafe"],"properties":{"stopping_points":{"type":"integer","minimum":0},"safe":{"type":"integer","minimum":0},"unsafe":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["after","kind","problem","mounts","nodes"],"properties":{"after":{"type":"string"},"kind":{"enum":["refused","down","entry-missing","file-differs","other-binary","unregistered","other-mount","late-standby","no-leader","missed-end"]},"problem":{"type":"string"},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"}},"nodes":{"type":"array","items":{"type":"string","format":"lockstep-node"}}}}}}};
const pattern4 = new RegExp("^[0-9a-f]{64}$", "u");
const schema33 = {"type":"object","additionalProperties":false,"required":["id","group","after","action","requires","ensures","undo","restores","why"],"properties":{"id":{"type":"string"},"group":{"type":"string"},"after":{"type":"array","items":{"type":"string"}},"action":{"$ref":"#/$defs/action"},"requires":{"type":"array","items":{"$ref":"#/$defs/fact"}},"ensures":{"type":"array","items":{"$ref":"#/$defs/fact"}},"undo":{"type":"array","items":{"$ref":"#/$defs/action"}},"why":{"type":"string"},"restores":{"type":"array","items":{"$ref":"#/$defs/fact"}},"verify":{"type":"array","items":{"$ref":"#/$defs/verification"},"minItems":1}}};
const schema39 = {"oneOf":[{"type":"object","additionalProperties":false,"required":["mount","kind","path"],"properties":{"mount":{"type":"string","format":"lockstep-mount"},"kind":{"const":"read"},"path":{"type":"string"}}},{"type":"object","additionalProperties":false,"required":["mount","kind","command"],"properties":{"mount":{"type":"string","format":"lockstep-mount"},"kind":{"const":"run"},"command":{"type":"array","items":{"type":"string"}}}}]};
const func1 = Object.prototype.hasOwnProperty;
const schema34 = {"oneOf":[{"type":"object","additionalProperties":false,"required":["kind","plugin","version","entry","env"],"properties":{"kind":{"const":"register"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"entry":{"$ref":"#/$defs/entry"},"env":{"type":"array","items":{"$ref":"#/$defs/environment_name"}}}},{"type":"object","additionalProperties":false,"required":["kind","mount","namespace","plugin","version"],"properties":{"kind":{"const":"enable"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","mount","namespace","version"],"properties":{"kind":{"const":"tune"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","connection","namespace","version"],"properties":{"kind":{"const":"repoint"},"connection":{"type":"string","format":"lockstep-connection"},"namespace":{"type":"string","format":"lockstep-namespace"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["kind","node","namespace","mounts"],"properties":{"kind":{"const":"reload"},"node":{"type":"string","format":"lockstep-node"},"namespace":{"type":"string","format":"lockstep-namespace"},"mounts":{"type":"array","items":{"type":"string","format":"lockstep-mount"},"minItems":1}}},{"type":"object","additionalProperties":false,"required":["kind","plugin","version"],"properties":{"kind":{"const":"deregister"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}}]};
const schema35 = {"type":"object","additionalProperties":false,"required":["command","sha256","args"],"properties":{"command":{"type":"string"},"sha256":{"type":"string","format":"lockstep-sha256"},"args":{"type":"array","items":{"type":"string"}}}};
const schema36 = {"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string"},"from":{"type":"string"}}};

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate22.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs0 = errors;
let valid0 = false;
let passing0 = null;
const _errs1 = errors;
if(errors === _errs1){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((data.kind === undefined) && (missing0 = "kind")) || ((data.plugin === undefined) && (missing0 = "plugin"))) || ((data.version === undefined) && (missing0 = "version"))) || ((data.entry === undefined) && (missing0 = "entry"))) || ((data.env === undefined) && (missing0 = "env"))){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
const _errs3 = errors;
for(const key0 in data){
if(!(((((key0 === "kind") || (key0 === "plugin")) || (key0 === "version")) || (key0 === "entry")) || (key0 === "env"))){
const err1 = {instancePath,schemaPath:"#/oneOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
break;
}
}
if(_errs3 === errors){
if(data.kind !== undefined){
const _errs4 = errors;
if("register" !== data.kind){
const err2 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/0/properties/kind/const",keyword:"const",params:{allowedValue: "register"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var valid1 = _errs4 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.plugin !== undefined){
const _errs5 = errors;
if(errors === _errs5){
if(errors === _errs5){
if(!(typeof data.plugin === "string")){
const err3 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/0/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
var valid1 = _errs5 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.version !== undefined){
const _errs7 = errors;
if(errors === _errs7){
if(errors === _errs7){
if(!(typeof data.version === "string")){
const err4 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/0/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
var valid1 = _errs7 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.entry !== undefined){
let data3 = data.entry;
const _errs9 = errors;
const _errs10 = errors;
if(errors === _errs10){
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
let missing1;
if((((data3.command === undefined) && (missing1 = "command")) || ((data3.sha256 === undefined) && (missing1 = "sha256"))) || ((data3.args === undefined) && (missing1 = "args"))){
const err5 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
else {
const _errs12 = errors;
for(const key1 in data3){
if(!(((key1 === "command") || (key1 === "sha256")) || (key1 === "args"))){
const err6 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
break;
}
}
if(_errs12 === errors){
if(data3.command !== undefined){
const _errs13 = errors;
if(typeof data3.command !== "string"){
const err7 = {instancePath:instancePath+"/entry/command",schemaPath:"#/$defs/entry/properties/command/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
var valid3 = _errs13 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data3.sha256 !== undefined){
const _errs15 = errors;
if(errors === _errs15){
if(errors === _errs15){
if(!(typeof data3.sha256 === "string")){
const err8 = {instancePath:instancePath+"/entry/sha256",schemaPath:"#/$defs/entry/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
var valid3 = _errs15 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data3.args !== undefined){
let data6 = data3.args;
const _errs17 = errors;
if(errors === _errs17){
if(Array.isArray(data6)){
var valid4 = true;
const len0 = data6.length;
for(let i0=0; i0<len0; i0++){
const _errs19 = errors;
if(typeof data6[i0] !== "string"){
const err9 = {instancePath:instancePath+"/entry/args/" + i0,schemaPath:"#/$defs/entry/properties/args/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
var valid4 = _errs19 === errors;
if(!valid4){
break;
}
}
}
else {
const err10 = {instancePath:instancePath+"/entry/args",schemaPath:"#/$defs/entry/properties/args/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
var valid3 = _errs17 === errors;
}
else {
var valid3 = true;
}
}
}
}
}
}
else {
const err11 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
var valid1 = _errs9 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.env !== undefined){
let data8 = data.env;
const _errs21 = errors;
if(errors === _errs21){
if(Array.isArray(data8)){
var valid5 = true;
const len1 = data8.length;
for(let i1=0; i1<len1; i1++){
let data9 = data8[i1];
const _errs23 = errors;
const _errs24 = errors;
if(errors === _errs24){
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
let missing2;
if((data9.name === undefined) && (missing2 = "name")){
const err12 = {instancePath:instancePath+"/env/" + i1,schemaPath:"#/$defs/environment_name/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
const _errs26 = errors;
for(const key2 in data9){
if(!((key2 === "name") || (key2 === "from"))){
const err13 = {instancePath:instancePath+"/env/" + i1,schemaPath:"#/$defs/environment_name/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
break;
}
}
if(_errs26 === errors){
if(data9.name !== undefined){
const _errs27 = errors;
if(typeof data9.name !== "string"){
const err14 = {instancePath:instancePath+"/env/" + i1+"/name",schemaPath:"#/$defs/environment_name/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
var valid7 = _errs27 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data9.from !== undefined){
const _errs29 = errors;
if(typeof data9.from !== "string"){
const err15 = {instancePath:instancePath+"/env/" + i1+"/from",schemaPath:"#/$defs/environment_name/properties/from/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
var valid7 = _errs29 === errors;
}
else {
var valid7 = true;
}
}
}
}
}
else {
const err16 = {instancePath:instancePath+"/env/" + i1,schemaPath:"#/$defs/environment_name/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
var valid5 = _errs23 === errors;
if(!valid5){
break;
}
}
}
else {
const err17 = {instancePath:instancePath+"/env",schemaPath:"#/oneOf/0/properties/env/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
var valid1 = _errs21 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
else {
const err18 = {instancePath,schemaPath:"#/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
var _valid0 = _errs1 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
var props0 = true;
}
const _errs31 = errors;
if(errors === _errs31){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing3;
if((((((data.kind === undefined) && (missing3 = "kind")) || ((data.mount === undefined) && (missing3 = "mount"))) || ((data.namespace === undefined) && (missing3 = "namespace"))) || ((data.plugin === undefined) && (missing3 = "plugin"))) || ((data.version === undefined) && (missing3 = "version"))){
const err19 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
else {
const _errs33 = errors;
for(const key3 in data){
if(!(((((key3 === "kind") || (key3 === "mount")) || (key3 === "namespace")) || (key3 === "plugin")) || (key3 === "version"))){
const err20 = {instancePath,schemaPath:"#/oneOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
break;
}
}
if(_errs33 === errors){
if(data.kind !== undefined){
const _errs34 = errors;
if("enable" !== data.kind){
const err21 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/1/properties/kind/const",keyword:"const",params:{allowedValue: "enable"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
var valid8 = _errs34 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.mount !== undefined){
const _errs35 = errors;
if(errors === _errs35){
if(errors === _errs35){
if(!(typeof data.mount === "string")){
const err22 = {instancePath:instancePath+"/mount",schemaPath:"#/oneOf/1/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
var valid8 = _errs35 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.namespace !== undefined){
const _errs37 = errors;
if(errors === _errs37){
if(errors === _errs37){
if(!(typeof data.namespace === "string")){
const err23 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/1/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
var valid8 = _errs37 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.plugin !== undefined){
const _errs39 = errors;
if(errors === _errs39){
if(errors === _errs39){
if(!(typeof data.plugin === "string")){
const err24 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/1/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
var valid8 = _errs39 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.version !== undefined){
const _errs41 = errors;
if(errors === _errs41){
if(errors === _errs41){
if(!(typeof data.version === "string")){
const err25 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/1/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
var valid8 = _errs41 === errors;
}
else {
var valid8 = true;
}
}
}
}
}
}
}
}
else {
const err26 = {instancePath,schemaPath:"#/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
var _valid0 = _errs31 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
if(props0 !== true){
props0 = true;
}
}
const _errs43 = errors;
if(errors === _errs43){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing4;
if(((((data.kind === undefined) && (missing4 = "kind")) || ((data.mount === undefined) && (missing4 = "mount"))) || ((data.namespace === undefined) && (missing4 = "namespace"))) || ((data.version === undefined) && (missing4 = "version"))){
const err27 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
else {
const _errs45 = errors;
for(const key4 in data){
if(!((((key4 === "kind") || (key4 === "mount")) || (key4 === "namespace")) || (key4 === "version"))){
const err28 = {instancePath,schemaPath:"#/oneOf/2/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
break;
}
}
if(_errs45 === errors){
if(data.kind !== undefined){
const _errs46 = errors;
if("tune" !== data.kind){
const err29 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/2/properties/kind/const",keyword:"const",params:{allowedValue: "tune"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
var valid9 = _errs46 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.mount !== undefined){
const _errs47 = errors;
if(errors === _errs47){
if(errors === _errs47){
if(!(typeof data.mount === "string")){
const err30 = {instancePath:instancePath+"/mount",schemaPath:"#/oneOf/2/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
}
var valid9 = _errs47 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.namespace !== undefined){
const _errs49 = errors;
if(errors === _errs49){
if(errors === _errs49){
if(!(typeof data.namespace === "string")){
const err31 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/2/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
var valid9 = _errs49 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.version !== undefined){
const _errs51 = errors;
if(errors === _errs51){
if(errors === _errs51){
if(!(typeof data.version === "string")){
const err32 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/2/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
}
var valid9 = _errs51 === errors;
}
else {
var valid9 = true;
}
}
}
}
}
}
}
else {
const err33 = {instancePath,schemaPath:"#/oneOf/2/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
var _valid0 = _errs43 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
if(props0 !== true){
props0 = true;
}
}
const _errs53 = errors;
if(errors === _errs53){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing5;
if(((((data.kind === undefined) && (missing5 = "kind")) || ((data.connection === undefined) && (missing5 = "connection"))) || ((data.namespace === undefined) && (missing5 = "namespace"))) || ((data.version === undefined) && (missing5 = "version"))){
const err34 = {instancePath,schemaPath:"#/oneOf/3/required",keyword:"required",params:{missingProperty: missing5},message:"must have required property '"+missing5+"'"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
else {
const _errs55 = errors;
for(const key5 in data){
if(!((((key5 === "kind") || (key5 === "connection")) || (key5 === "namespace")) || (key5 === "version"))){
const err35 = {instancePath,schemaPath:"#/oneOf/3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
break;
}
}
if(_errs55 === errors){
if(data.kind !== undefined){
const _errs56 = errors;
if("repoint" !== data.kind){
const err36 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/3/properties/kind/const",keyword:"const",params:{allowedValue: "repoint"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
var valid10 = _errs56 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.connection !== undefined){
const _errs57 = errors;
if(errors === _errs57){
if(errors === _errs57){
if(!(typeof data.connection === "string")){
const err37 = {instancePath:instancePath+"/connection",schemaPath:"#/oneOf/3/properties/connection/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
var valid10 = _errs57 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.namespace !== undefined){
const _errs59 = errors;
if(errors === _errs59){
if(errors === _errs59){
if(!(typeof data.namespace === "string")){
const err38 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/3/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
var valid10 = _errs59 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.version !== undefined){
const _errs61 = errors;
if(errors === _errs61){
if(errors === _errs61){
if(!(typeof data.version === "string")){
const err39 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/3/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
var valid10 = _errs61 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
}
else {
const err40 = {instancePath,schemaPath:"#/oneOf/3/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
var _valid0 = _errs53 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 3];
}
else {
if(_valid0){
valid0 = true;
passing0 = 3;
if(props0 !== true){
props0 = true;
}
}
const _errs63 = errors;
if(errors === _errs63){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing6;
if(((((data.kind === undefined) && (missing6 = "kind")) || ((data.node === undefined) && (missing6 = "node"))) || ((data.namespace === undefined) && (missing6 = "namespace"))) || ((data.mounts === undefined) && (missing6 = "mounts"))){
const err41 = {instancePath,schemaPath:"#/oneOf/4/required",keyword:"required",params:{missingProperty: missing6},message:"must have required property '"+missing6+"'"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
else {
const _errs65 = errors;
for(const key6 in data){
if(!((((key6 === "kind") || (key6 === "node")) || (key6 === "namespace")) || (key6 === "mounts"))){
const err42 = {instancePath,schemaPath:"#/oneOf/4/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
break;
}
}
if(_errs65 === errors){
if(data.kind !== undefined){
const _errs66 = errors;
if("reload" !== data.kind){
const err43 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/4/properties/kind/const",keyword:"const",params:{allowedValue: "reload"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
var valid11 = _errs66 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.node !== undefined){
const _errs67 = errors;
if(errors === _errs67){
if(errors === _errs67){
if(!(typeof data.node === "string")){
const err44 = {instancePath:instancePath+"/node",schemaPath:"#/oneOf/4/properties/node/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
var valid11 = _errs67 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.namespace !== undefined){
const _errs69 = errors;
if(errors === _errs69){
if(errors === _errs69){
if(!(typeof data.namespace === "string")){
const err45 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/4/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
var valid11 = _errs69 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.mounts !== undefined){
let data28 = data.mounts;
const _errs71 = errors;
if(errors === _errs71){
if(Array.isArray(data28)){
if(data28.length < 1){
const err46 = {instancePath:instancePath+"/mounts",schemaPath:"#/oneOf/4/properties/mounts/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
else {
var valid12 = true;
const len2 = data28.length;
for(let i2=0; i2<len2; i2++){
const _errs73 = errors;
if(errors === _errs73){
if(errors === _errs73){
if(!(typeof data28[i2] === "string")){
const err47 = {instancePath:instancePath+"/mounts/" + i2,schemaPath:"#/oneOf/4/properties/mounts/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
var valid12 = _errs73 === errors;
if(!valid12){
break;
}
}
}
}
else {
const err48 = {instancePath:instancePath+"/mounts",schemaPath:"#/oneOf/4/properties/mounts/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
var valid11 = _errs71 === errors;
}
else {
var valid11 = true;
}
}
}
}
}
}
}
else {
const err49 = {instancePath,schemaPath:"#/oneOf/4/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
var _valid0 = _errs63 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 4];
}
else {
if(_valid0){
valid0 = true;
passing0 = 4;
if(props0 !== true){
props0 = true;
}
}
const _errs75 = errors;
if(errors === _errs75){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing7;
if((((data.kind === undefined) && (missing7 = "kind")) || ((data.plugin === undefined) && (missing7 = "plugin"))) || ((data.version === undefined) && (missing7 = "version"))){
const err50 = {instancePath,schemaPath:"#/oneOf/5/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
else {
const _errs77 = errors;
for(const key7 in data){
if(!(((key7 === "kind") || (key7 === "plugin")) || (key7 === "version"))){
const err51 = {instancePath,schemaPath:"#/oneOf/5/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
break;
}
}
if(_errs77 === errors){
if(data.kind !== undefined){
const _errs78 = errors;
if("deregister" !== data.kind){
const err52 = {instancePath:instancePath+"/kind",schemaPath:"#/oneOf/5/properties/kind/const",keyword:"const",params:{allowedValue: "deregister"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
var valid13 = _errs78 === errors;
}
else {
var valid13 = true;
}
if(valid13){
if(data.plugin !== undefined){
const _errs79 = errors;
if(errors === _errs79){
if(errors === _errs79){
if(!(typeof data.plugin === "string")){
const err53 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/5/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
}
var valid13 = _errs79 === errors;
}
else {
var valid13 = true;
}
if(valid13){
if(data.version !== undefined){
const _errs81 = errors;
if(errors === _errs81){
if(errors === _errs81){
if(!(typeof data.version === "string")){
const err54 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/5/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
var valid13 = _errs81 === errors;
}
else {
var valid13 = true;
}
}
}
}
}
}
else {
const err55 = {instancePath,schemaPath:"#/oneOf/5/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
var _valid0 = _errs75 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 5];
}
else {
if(_valid0){
valid0 = true;
passing0 = 5;
if(props0 !== true){
props0 = true;
}
}
}
}
}
}
}
if(!valid0){
const err56 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
validate22.errors = vErrors;
return false;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate22.errors = vErrors;
evaluated0.props = props0;
return errors === 0;
}
validate22.evaluated = {"dynamicProps":true,"dynamicItems":false};

const schema37 = {"oneOf":[{"type":"object","additionalProperties":false,"required":["fact","plugin","version","entry"],"properties":{"fact":{"const":"entry"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"entry":{"oneOf":[{"type":"null"},{"$ref":"#/$defs/entry"}]},"node":{"type":"string","format":"lockstep-node"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace","plugin","configured_version"],"properties":{"fact":{"const":"mount"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"accessor":{"type":"string"},"configured_version":{"type":"string","format":"lockstep-version"},"node":{"type":"string","format":"lockstep-node"}}},{"type":"object","additionalProperties":false,"required":["fact"],"properties":{"fact":{"const":"no_namespaces"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace"],"properties":{"fact":{"const":"no_mount"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"}}},{"type":"object","additionalProperties":false,"required":["fact","mount","namespace","node","sha256"],"properties":{"fact":{"const":"running"},"mount":{"type":"string","format":"lockstep-mount"},"namespace":{"type":"string","format":"lockstep-namespace"},"node":{"type":"string","format":"lockstep-node"},"sha256":{"type":"string","format":"lockstep-sha256"},"version":{"type":"string","format":"lockstep-version"}}},{"type":"object","additionalProperties":false,"required":["fact","plugin","version","sha256"],"properties":{"fact":{"const":"unused"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"},"sha256":{"type":"string","format":"lockstep-sha256"}}},{"type":"object","additionalProperties":false,"required":["fact","connection","namespace","plugin","version"],"properties":{"fact":{"const":"connection"},"connection":{"type":"string","format":"lockstep-connection"},"namespace":{"type":"string","format":"lockstep-namespace"},"plugin":{"type":"string","format":"lockstep-plugin"},"version":{"type":"string","format":"lockstep-version"}}}]};

function validate24(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate24.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
const _errs0 = errors;
let valid0 = false;
let passing0 = null;
const _errs1 = errors;
if(errors === _errs1){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((data.fact === undefined) && (missing0 = "fact")) || ((data.plugin === undefined) && (missing0 = "plugin"))) || ((data.version === undefined) && (missing0 = "version"))) || ((data.entry === undefined) && (missing0 = "entry"))){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
const _errs3 = errors;
for(const key0 in data){
if(!(((((key0 === "fact") || (key0 === "plugin")) || (key0 === "version")) || (key0 === "entry")) || (key0 === "node"))){
const err1 = {instancePath,schemaPath:"#/oneOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
break;
}
}
if(_errs3 === errors){
if(data.fact !== undefined){
const _errs4 = errors;
if("entry" !== data.fact){
const err2 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/0/properties/fact/const",keyword:"const",params:{allowedValue: "entry"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var valid1 = _errs4 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.plugin !== undefined){
const _errs5 = errors;
if(errors === _errs5){
if(errors === _errs5){
if(!(typeof data.plugin === "string")){
const err3 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/0/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
}
var valid1 = _errs5 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.version !== undefined){
const _errs7 = errors;
if(errors === _errs7){
if(errors === _errs7){
if(!(typeof data.version === "string")){
const err4 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/0/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
var valid1 = _errs7 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.entry !== undefined){
let data3 = data.entry;
const _errs9 = errors;
const _errs10 = errors;
let valid2 = false;
let passing1 = null;
const _errs11 = errors;
if(data3 !== null){
const err5 = {instancePath:instancePath+"/entry",schemaPath:"#/oneOf/0/properties/entry/oneOf/0/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
var _valid1 = _errs11 === errors;
if(_valid1){
valid2 = true;
passing1 = 0;
}
const _errs13 = errors;
const _errs14 = errors;
if(errors === _errs14){
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
let missing1;
if((((data3.command === undefined) && (missing1 = "command")) || ((data3.sha256 === undefined) && (missing1 = "sha256"))) || ((data3.args === undefined) && (missing1 = "args"))){
const err6 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
const _errs16 = errors;
for(const key1 in data3){
if(!(((key1 === "command") || (key1 === "sha256")) || (key1 === "args"))){
const err7 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
break;
}
}
if(_errs16 === errors){
if(data3.command !== undefined){
const _errs17 = errors;
if(typeof data3.command !== "string"){
const err8 = {instancePath:instancePath+"/entry/command",schemaPath:"#/$defs/entry/properties/command/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
var valid4 = _errs17 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data3.sha256 !== undefined){
const _errs19 = errors;
if(errors === _errs19){
if(errors === _errs19){
if(!(typeof data3.sha256 === "string")){
const err9 = {instancePath:instancePath+"/entry/sha256",schemaPath:"#/$defs/entry/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
var valid4 = _errs19 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data3.args !== undefined){
let data6 = data3.args;
const _errs21 = errors;
if(errors === _errs21){
if(Array.isArray(data6)){
var valid5 = true;
const len0 = data6.length;
for(let i0=0; i0<len0; i0++){
const _errs23 = errors;
if(typeof data6[i0] !== "string"){
const err10 = {instancePath:instancePath+"/entry/args/" + i0,schemaPath:"#/$defs/entry/properties/args/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var valid5 = _errs23 === errors;
if(!valid5){
break;
}
}
}
else {
const err11 = {instancePath:instancePath+"/entry/args",schemaPath:"#/$defs/entry/properties/args/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
var valid4 = _errs21 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
}
else {
const err12 = {instancePath:instancePath+"/entry",schemaPath:"#/$defs/entry/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
var _valid1 = _errs13 === errors;
if(_valid1 && valid2){
valid2 = false;
passing1 = [passing1, 1];
}
else {
if(_valid1){
valid2 = true;
passing1 = 1;
}
}
if(!valid2){
const err13 = {instancePath:instancePath+"/entry",schemaPath:"#/oneOf/0/properties/entry/oneOf",keyword:"oneOf",params:{passingSchemas: passing1},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
else {
errors = _errs10;
if(vErrors !== null){
if(_errs10){
vErrors.length = _errs10;
}
else {
vErrors = null;
}
}
}
var valid1 = _errs9 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data.node !== undefined){
const _errs25 = errors;
if(errors === _errs25){
if(errors === _errs25){
if(!(typeof data.node === "string")){
const err14 = {instancePath:instancePath+"/node",schemaPath:"#/oneOf/0/properties/node/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
var valid1 = _errs25 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
var _valid0 = _errs1 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
var props1 = true;
}
const _errs27 = errors;
if(errors === _errs27){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing2;
if((((((data.fact === undefined) && (missing2 = "fact")) || ((data.mount === undefined) && (missing2 = "mount"))) || ((data.namespace === undefined) && (missing2 = "namespace"))) || ((data.plugin === undefined) && (missing2 = "plugin"))) || ((data.configured_version === undefined) && (missing2 = "configured_version"))){
const err16 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
else {
const _errs29 = errors;
for(const key2 in data){
if(!(((((((key2 === "fact") || (key2 === "mount")) || (key2 === "namespace")) || (key2 === "plugin")) || (key2 === "accessor")) || (key2 === "configured_version")) || (key2 === "node"))){
const err17 = {instancePath,schemaPath:"#/oneOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
break;
}
}
if(_errs29 === errors){
if(data.fact !== undefined){
const _errs30 = errors;
if("mount" !== data.fact){
const err18 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/1/properties/fact/const",keyword:"const",params:{allowedValue: "mount"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
var valid6 = _errs30 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.mount !== undefined){
const _errs31 = errors;
if(errors === _errs31){
if(errors === _errs31){
if(!(typeof data.mount === "string")){
const err19 = {instancePath:instancePath+"/mount",schemaPath:"#/oneOf/1/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
var valid6 = _errs31 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.namespace !== undefined){
const _errs33 = errors;
if(errors === _errs33){
if(errors === _errs33){
if(!(typeof data.namespace === "string")){
const err20 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/1/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
var valid6 = _errs33 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.plugin !== undefined){
const _errs35 = errors;
if(errors === _errs35){
if(errors === _errs35){
if(!(typeof data.plugin === "string")){
const err21 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/1/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
var valid6 = _errs35 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.accessor !== undefined){
const _errs37 = errors;
if(typeof data.accessor !== "string"){
const err22 = {instancePath:instancePath+"/accessor",schemaPath:"#/oneOf/1/properties/accessor/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
var valid6 = _errs37 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.configured_version !== undefined){
const _errs39 = errors;
if(errors === _errs39){
if(errors === _errs39){
if(!(typeof data.configured_version === "string")){
const err23 = {instancePath:instancePath+"/configured_version",schemaPath:"#/oneOf/1/properties/configured_version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
var valid6 = _errs39 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data.node !== undefined){
const _errs41 = errors;
if(errors === _errs41){
if(errors === _errs41){
if(!(typeof data.node === "string")){
const err24 = {instancePath:instancePath+"/node",schemaPath:"#/oneOf/1/properties/node/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
var valid6 = _errs41 === errors;
}
else {
var valid6 = true;
}
}
}
}
}
}
}
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
var _valid0 = _errs27 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
if(props1 !== true){
props1 = true;
}
}
const _errs43 = errors;
if(errors === _errs43){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing3;
if((data.fact === undefined) && (missing3 = "fact")){
const err26 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
else {
const _errs45 = errors;
for(const key3 in data){
if(!(key3 === "fact")){
const err27 = {instancePath,schemaPath:"#/oneOf/2/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
break;
}
}
if(_errs45 === errors){
if(data.fact !== undefined){
if("no_namespaces" !== data.fact){
const err28 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/2/properties/fact/const",keyword:"const",params:{allowedValue: "no_namespaces"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
}
}
else {
const err29 = {instancePath,schemaPath:"#/oneOf/2/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
var _valid0 = _errs43 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
if(props1 !== true){
props1 = true;
}
}
const _errs47 = errors;
if(errors === _errs47){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing4;
if((((data.fact === undefined) && (missing4 = "fact")) || ((data.mount === undefined) && (missing4 = "mount"))) || ((data.namespace === undefined) && (missing4 = "namespace"))){
const err30 = {instancePath,schemaPath:"#/oneOf/3/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'"};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
else {
const _errs49 = errors;
for(const key4 in data){
if(!(((key4 === "fact") || (key4 === "mount")) || (key4 === "namespace"))){
const err31 = {instancePath,schemaPath:"#/oneOf/3/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
break;
}
}
if(_errs49 === errors){
if(data.fact !== undefined){
const _errs50 = errors;
if("no_mount" !== data.fact){
const err32 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/3/properties/fact/const",keyword:"const",params:{allowedValue: "no_mount"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
var valid8 = _errs50 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.mount !== undefined){
const _errs51 = errors;
if(errors === _errs51){
if(errors === _errs51){
if(!(typeof data.mount === "string")){
const err33 = {instancePath:instancePath+"/mount",schemaPath:"#/oneOf/3/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
}
var valid8 = _errs51 === errors;
}
else {
var valid8 = true;
}
if(valid8){
if(data.namespace !== undefined){
const _errs53 = errors;
if(errors === _errs53){
if(errors === _errs53){
if(!(typeof data.namespace === "string")){
const err34 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/3/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
var valid8 = _errs53 === errors;
}
else {
var valid8 = true;
}
}
}
}
}
}
else {
const err35 = {instancePath,schemaPath:"#/oneOf/3/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
var _valid0 = _errs47 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 3];
}
else {
if(_valid0){
valid0 = true;
passing0 = 3;
if(props1 !== true){
props1 = true;
}
}
const _errs55 = errors;
if(errors === _errs55){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing5;
if((((((data.fact === undefined) && (missing5 = "fact")) || ((data.mount === undefined) && (missing5 = "mount"))) || ((data.namespace === undefined) && (missing5 = "namespace"))) || ((data.node === undefined) && (missing5 = "node"))) || ((data.sha256 === undefined) && (missing5 = "sha256"))){
const err36 = {instancePath,schemaPath:"#/oneOf/4/required",keyword:"required",params:{missingProperty: missing5},message:"must have required property '"+missing5+"'"};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
else {
const _errs57 = errors;
for(const key5 in data){
if(!((((((key5 === "fact") || (key5 === "mount")) || (key5 === "namespace")) || (key5 === "node")) || (key5 === "sha256")) || (key5 === "version"))){
const err37 = {instancePath,schemaPath:"#/oneOf/4/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
break;
}
}
if(_errs57 === errors){
if(data.fact !== undefined){
const _errs58 = errors;
if("running" !== data.fact){
const err38 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/4/properties/fact/const",keyword:"const",params:{allowedValue: "running"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
var valid9 = _errs58 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.mount !== undefined){
const _errs59 = errors;
if(errors === _errs59){
if(errors === _errs59){
if(!(typeof data.mount === "string")){
const err39 = {instancePath:instancePath+"/mount",schemaPath:"#/oneOf/4/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
}
var valid9 = _errs59 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.namespace !== undefined){
const _errs61 = errors;
if(errors === _errs61){
if(errors === _errs61){
if(!(typeof data.namespace === "string")){
const err40 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/4/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
}
var valid9 = _errs61 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.node !== undefined){
const _errs63 = errors;
if(errors === _errs63){
if(errors === _errs63){
if(!(typeof data.node === "string")){
const err41 = {instancePath:instancePath+"/node",schemaPath:"#/oneOf/4/properties/node/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
var valid9 = _errs63 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.sha256 !== undefined){
const _errs65 = errors;
if(errors === _errs65){
if(errors === _errs65){
if(!(typeof data.sha256 === "string")){
const err42 = {instancePath:instancePath+"/sha256",schemaPath:"#/oneOf/4/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
}
var valid9 = _errs65 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data.version !== undefined){
const _errs67 = errors;
if(errors === _errs67){
if(errors === _errs67){
if(!(typeof data.version === "string")){
const err43 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/4/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
}
var valid9 = _errs67 === errors;
}
else {
var valid9 = true;
}
}
}
}
}
}
}
}
}
else {
const err44 = {instancePath,schemaPath:"#/oneOf/4/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
var _valid0 = _errs55 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 4];
}
else {
if(_valid0){
valid0 = true;
passing0 = 4;
if(props1 !== true){
props1 = true;
}
}
const _errs69 = errors;
if(errors === _errs69){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing6;
if(((((data.fact === undefined) && (missing6 = "fact")) || ((data.plugin === undefined) && (missing6 = "plugin"))) || ((data.version === undefined) && (missing6 = "version"))) || ((data.sha256 === undefined) && (missing6 = "sha256"))){
const err45 = {instancePath,schemaPath:"#/oneOf/5/required",keyword:"required",params:{missingProperty: missing6},message:"must have required property '"+missing6+"'"};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
else {
const _errs71 = errors;
for(const key6 in data){
if(!((((key6 === "fact") || (key6 === "plugin")) || (key6 === "version")) || (key6 === "sha256"))){
const err46 = {instancePath,schemaPath:"#/oneOf/5/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
break;
}
}
if(_errs71 === errors){
if(data.fact !== undefined){
const _errs72 = errors;
if("unused" !== data.fact){
const err47 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/5/properties/fact/const",keyword:"const",params:{allowedValue: "unused"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
var valid10 = _errs72 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.plugin !== undefined){
const _errs73 = errors;
if(errors === _errs73){
if(errors === _errs73){
if(!(typeof data.plugin === "string")){
const err48 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/5/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
var valid10 = _errs73 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.version !== undefined){
const _errs75 = errors;
if(errors === _errs75){
if(errors === _errs75){
if(!(typeof data.version === "string")){
const err49 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/5/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
var valid10 = _errs75 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data.sha256 !== undefined){
const _errs77 = errors;
if(errors === _errs77){
if(errors === _errs77){
if(!(typeof data.sha256 === "string")){
const err50 = {instancePath:instancePath+"/sha256",schemaPath:"#/oneOf/5/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
var valid10 = _errs77 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
}
else {
const err51 = {instancePath,schemaPath:"#/oneOf/5/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
var _valid0 = _errs69 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 5];
}
else {
if(_valid0){
valid0 = true;
passing0 = 5;
if(props1 !== true){
props1 = true;
}
}
const _errs79 = errors;
if(errors === _errs79){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing7;
if((((((data.fact === undefined) && (missing7 = "fact")) || ((data.connection === undefined) && (missing7 = "connection"))) || ((data.namespace === undefined) && (missing7 = "namespace"))) || ((data.plugin === undefined) && (missing7 = "plugin"))) || ((data.version === undefined) && (missing7 = "version"))){
const err52 = {instancePath,schemaPath:"#/oneOf/6/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'"};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
else {
const _errs81 = errors;
for(const key7 in data){
if(!(((((key7 === "fact") || (key7 === "connection")) || (key7 === "namespace")) || (key7 === "plugin")) || (key7 === "version"))){
const err53 = {instancePath,schemaPath:"#/oneOf/6/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
break;
}
}
if(_errs81 === errors){
if(data.fact !== undefined){
const _errs82 = errors;
if("connection" !== data.fact){
const err54 = {instancePath:instancePath+"/fact",schemaPath:"#/oneOf/6/properties/fact/const",keyword:"const",params:{allowedValue: "connection"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
var valid11 = _errs82 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.connection !== undefined){
const _errs83 = errors;
if(errors === _errs83){
if(errors === _errs83){
if(!(typeof data.connection === "string")){
const err55 = {instancePath:instancePath+"/connection",schemaPath:"#/oneOf/6/properties/connection/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
}
var valid11 = _errs83 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.namespace !== undefined){
const _errs85 = errors;
if(errors === _errs85){
if(errors === _errs85){
if(!(typeof data.namespace === "string")){
const err56 = {instancePath:instancePath+"/namespace",schemaPath:"#/oneOf/6/properties/namespace/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
}
var valid11 = _errs85 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.plugin !== undefined){
const _errs87 = errors;
if(errors === _errs87){
if(errors === _errs87){
if(!(typeof data.plugin === "string")){
const err57 = {instancePath:instancePath+"/plugin",schemaPath:"#/oneOf/6/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
}
var valid11 = _errs87 === errors;
}
else {
var valid11 = true;
}
if(valid11){
if(data.version !== undefined){
const _errs89 = errors;
if(errors === _errs89){
if(errors === _errs89){
if(!(typeof data.version === "string")){
const err58 = {instancePath:instancePath+"/version",schemaPath:"#/oneOf/6/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
var valid11 = _errs89 === errors;
}
else {
var valid11 = true;
}
}
}
}
}
}
}
}
else {
const err59 = {instancePath,schemaPath:"#/oneOf/6/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
var _valid0 = _errs79 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 6];
}
else {
if(_valid0){
valid0 = true;
passing0 = 6;
if(props1 !== true){
props1 = true;
}
}
}
}
}
}
}
}
if(!valid0){
const err60 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
validate24.errors = vErrors;
return false;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate24.errors = vErrors;
evaluated0.props = props1;
return errors === 0;
}
validate24.evaluated = {"dynamicProps":true,"dynamicItems":false};


function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
let vErrors = null;
let errors = 0;
const evaluated0 = validate21.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((((data.id === undefined) && (missing0 = "id")) || ((data.group === undefined) && (missing0 = "group"))) || ((data.after === undefined) && (missing0 = "after"))) || ((data.action === undefined) && (missing0 = "action"))) || ((data.requires === undefined) && (missing0 = "requires"))) || ((data.ensures === undefined) && (missing0 = "ensures"))) || ((data.undo === undefined) && (missing0 = "undo"))) || ((data.restores === undefined) && (missing0 = "restores"))) || ((data.why === undefined) && (missing0 = "why"))){
validate21.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func1.call(schema33.properties, key0))){
validate21.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.id !== undefined){
const _errs2 = errors;
if(typeof data.id !== "string"){
validate21.errors = [{instancePath:instancePath+"/id",schemaPath:"#/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.group !== undefined){
const _errs4 = errors;
if(typeof data.group !== "string"){
validate21.errors = [{instancePath:instancePath+"/group",schemaPath:"#/properties/group/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.after !== undefined){
let data2 = data.after;
const _errs6 = errors;
if(errors === _errs6){
if(Array.isArray(data2)){
var valid1 = true;
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
const _errs8 = errors;
if(typeof data2[i0] !== "string"){
validate21.errors = [{instancePath:instancePath+"/after/" + i0,schemaPath:"#/properties/after/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid1 = _errs8 === errors;
if(!valid1){
break;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/after",schemaPath:"#/properties/after/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.action !== undefined){
const _errs10 = errors;
if(!(validate22(data.action, {instancePath:instancePath+"/action",parentData:data,parentDataProperty:"action",rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.requires !== undefined){
let data5 = data.requires;
const _errs11 = errors;
if(errors === _errs11){
if(Array.isArray(data5)){
var valid2 = true;
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
const _errs13 = errors;
if(!(validate24(data5[i1], {instancePath:instancePath+"/requires/" + i1,parentData:data5,parentDataProperty:i1,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
var valid2 = _errs13 === errors;
if(!valid2){
break;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/requires",schemaPath:"#/properties/requires/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs11 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.ensures !== undefined){
let data7 = data.ensures;
const _errs14 = errors;
if(errors === _errs14){
if(Array.isArray(data7)){
var valid3 = true;
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
const _errs16 = errors;
if(!(validate24(data7[i2], {instancePath:instancePath+"/ensures/" + i2,parentData:data7,parentDataProperty:i2,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
var valid3 = _errs16 === errors;
if(!valid3){
break;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/ensures",schemaPath:"#/properties/ensures/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs14 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.undo !== undefined){
let data9 = data.undo;
const _errs17 = errors;
if(errors === _errs17){
if(Array.isArray(data9)){
var valid4 = true;
const len3 = data9.length;
for(let i3=0; i3<len3; i3++){
const _errs19 = errors;
if(!(validate22(data9[i3], {instancePath:instancePath+"/undo/" + i3,parentData:data9,parentDataProperty:i3,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
var valid4 = _errs19 === errors;
if(!valid4){
break;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/undo",schemaPath:"#/properties/undo/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs17 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.why !== undefined){
const _errs20 = errors;
if(typeof data.why !== "string"){
validate21.errors = [{instancePath:instancePath+"/why",schemaPath:"#/properties/why/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs20 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.restores !== undefined){
let data12 = data.restores;
const _errs22 = errors;
if(errors === _errs22){
if(Array.isArray(data12)){
var valid5 = true;
const len4 = data12.length;
for(let i4=0; i4<len4; i4++){
const _errs24 = errors;
if(!(validate24(data12[i4], {instancePath:instancePath+"/restores/" + i4,parentData:data12,parentDataProperty:i4,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate24.errors : vErrors.concat(validate24.errors);
errors = vErrors.length;
}
var valid5 = _errs24 === errors;
if(!valid5){
break;
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/restores",schemaPath:"#/properties/restores/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs22 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.verify !== undefined){
let data14 = data.verify;
const _errs25 = errors;
if(errors === _errs25){
if(Array.isArray(data14)){
if(data14.length < 1){
validate21.errors = [{instancePath:instancePath+"/verify",schemaPath:"#/properties/verify/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"}];
return false;
}
else {
var valid6 = true;
const len5 = data14.length;
for(let i5=0; i5<len5; i5++){
let data15 = data14[i5];
const _errs27 = errors;
const _errs29 = errors;
let valid8 = false;
let passing0 = null;
const _errs30 = errors;
if(errors === _errs30){
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
let missing1;
if((((data15.mount === undefined) && (missing1 = "mount")) || ((data15.kind === undefined) && (missing1 = "kind"))) || ((data15.path === undefined) && (missing1 = "path"))){
const err0 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/0/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
else {
const _errs32 = errors;
for(const key1 in data15){
if(!(((key1 === "mount") || (key1 === "kind")) || (key1 === "path"))){
const err1 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/0/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
break;
}
}
if(_errs32 === errors){
if(data15.mount !== undefined){
const _errs33 = errors;
if(errors === _errs33){
if(errors === _errs33){
if(!(typeof data15.mount === "string")){
const err2 = {instancePath:instancePath+"/verify/" + i5+"/mount",schemaPath:"#/$defs/verification/oneOf/0/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
}
var valid9 = _errs33 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data15.kind !== undefined){
const _errs35 = errors;
if("read" !== data15.kind){
const err3 = {instancePath:instancePath+"/verify/" + i5+"/kind",schemaPath:"#/$defs/verification/oneOf/0/properties/kind/const",keyword:"const",params:{allowedValue: "read"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
var valid9 = _errs35 === errors;
}
else {
var valid9 = true;
}
if(valid9){
if(data15.path !== undefined){
const _errs36 = errors;
if(typeof data15.path !== "string"){
const err4 = {instancePath:instancePath+"/verify/" + i5+"/path",schemaPath:"#/$defs/verification/oneOf/0/properties/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
var valid9 = _errs36 === errors;
}
else {
var valid9 = true;
}
}
}
}
}
}
else {
const err5 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/0/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
var _valid0 = _errs30 === errors;
if(_valid0){
valid8 = true;
passing0 = 0;
var props5 = true;
}
const _errs38 = errors;
if(errors === _errs38){
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
let missing2;
if((((data15.mount === undefined) && (missing2 = "mount")) || ((data15.kind === undefined) && (missing2 = "kind"))) || ((data15.command === undefined) && (missing2 = "command"))){
const err6 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/1/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
else {
const _errs40 = errors;
for(const key2 in data15){
if(!(((key2 === "mount") || (key2 === "kind")) || (key2 === "command"))){
const err7 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/1/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
break;
}
}
if(_errs40 === errors){
if(data15.mount !== undefined){
const _errs41 = errors;
if(errors === _errs41){
if(errors === _errs41){
if(!(typeof data15.mount === "string")){
const err8 = {instancePath:instancePath+"/verify/" + i5+"/mount",schemaPath:"#/$defs/verification/oneOf/1/properties/mount/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
var valid10 = _errs41 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data15.kind !== undefined){
const _errs43 = errors;
if("run" !== data15.kind){
const err9 = {instancePath:instancePath+"/verify/" + i5+"/kind",schemaPath:"#/$defs/verification/oneOf/1/properties/kind/const",keyword:"const",params:{allowedValue: "run"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
var valid10 = _errs43 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data15.command !== undefined){
let data21 = data15.command;
const _errs44 = errors;
if(errors === _errs44){
if(Array.isArray(data21)){
var valid11 = true;
const len6 = data21.length;
for(let i6=0; i6<len6; i6++){
const _errs46 = errors;
if(typeof data21[i6] !== "string"){
const err10 = {instancePath:instancePath+"/verify/" + i5+"/command/" + i6,schemaPath:"#/$defs/verification/oneOf/1/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var valid11 = _errs46 === errors;
if(!valid11){
break;
}
}
}
else {
const err11 = {instancePath:instancePath+"/verify/" + i5+"/command",schemaPath:"#/$defs/verification/oneOf/1/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
var valid10 = _errs44 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
else {
const err12 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf/1/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
var _valid0 = _errs38 === errors;
if(_valid0 && valid8){
valid8 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid8 = true;
passing0 = 1;
if(props5 !== true){
props5 = true;
}
}
}
if(!valid8){
const err13 = {instancePath:instancePath+"/verify/" + i5,schemaPath:"#/$defs/verification/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
validate21.errors = vErrors;
return false;
}
else {
errors = _errs29;
if(vErrors !== null){
if(_errs29){
vErrors.length = _errs29;
}
else {
vErrors = null;
}
}
}
var valid6 = _errs27 === errors;
if(!valid6){
break;
}
}
}
}
else {
validate21.errors = [{instancePath:instancePath+"/verify",schemaPath:"#/properties/verify/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs25 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate21.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate21.errors = vErrors;
return errors === 0;
}
validate21.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};


function validate20(data, {instancePath="", parentData, parentDataProperty, rootData=data, dynamicAnchors={}}={}){
/*# sourceURL="lockstep:plan" */;
let vErrors = null;
let errors = 0;
const evaluated0 = validate20.evaluated;
if(evaluated0.dynamicProps){
evaluated0.props = undefined;
}
if(evaluated0.dynamicItems){
evaluated0.items = undefined;
}
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((((((data.format === undefined) && (missing0 = "format")) || ((data.plan_id === undefined) && (missing0 = "plan_id"))) || ((data.cluster === undefined) && (missing0 = "cluster"))) || ((data.changes === undefined) && (missing0 = "changes"))) || ((data.steps === undefined) && (missing0 = "steps"))) || ((data.findings === undefined) && (missing0 = "findings"))) || ((data.rehearsal === undefined) && (missing0 = "rehearsal"))){
validate20.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((((((key0 === "format") || (key0 === "plan_id")) || (key0 === "created_at")) || (key0 === "cluster")) || (key0 === "changes")) || (key0 === "steps")) || (key0 === "findings")) || (key0 === "rehearsal"))){
validate20.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.format !== undefined){
const _errs2 = errors;
if(1 !== data.format){
validate20.errors = [{instancePath:instancePath+"/format",schemaPath:"#/properties/format/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.plan_id !== undefined){
let data1 = data.plan_id;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(!pattern4.test(data1)){
validate20.errors = [{instancePath:instancePath+"/plan_id",schemaPath:"#/properties/plan_id/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{64}$"},message:"must match pattern \""+"^[0-9a-f]{64}$"+"\""}];
return false;
}
}
else {
validate20.errors = [{instancePath:instancePath+"/plan_id",schemaPath:"#/properties/plan_id/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.created_at !== undefined){
const _errs5 = errors;
if(errors === _errs5){
if(errors === _errs5){
if(!(typeof data.created_at === "string")){
validate20.errors = [{instancePath:instancePath+"/created_at",schemaPath:"#/properties/created_at/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cluster !== undefined){
let data3 = data.cluster;
const _errs7 = errors;
if(errors === _errs7){
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
let missing1;
if((((((data3.id === undefined) && (missing1 = "id")) || ((data3.name === undefined) && (missing1 = "name"))) || ((data3.product === undefined) && (missing1 = "product"))) || ((data3.server_version === undefined) && (missing1 = "server_version"))) || ((data3.nodes === undefined) && (missing1 = "nodes"))){
validate20.errors = [{instancePath:instancePath+"/cluster",schemaPath:"#/properties/cluster/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"}];
return false;
}
else {
const _errs9 = errors;
for(const key1 in data3){
if(!(((((((key1 === "id") || (key1 === "name")) || (key1 === "product")) || (key1 === "server_version")) || (key1 === "nodes")) || (key1 === "lock")) || (key1 === "binary_check"))){
validate20.errors = [{instancePath:instancePath+"/cluster",schemaPath:"#/properties/cluster/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs9 === errors){
if(data3.id !== undefined){
const _errs10 = errors;
if(typeof data3.id !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/id",schemaPath:"#/properties/cluster/properties/id/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid1 = _errs10 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.name !== undefined){
const _errs12 = errors;
if(typeof data3.name !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/name",schemaPath:"#/properties/cluster/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid1 = _errs12 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.product !== undefined){
let data6 = data3.product;
const _errs14 = errors;
if(!((data6 === "openbao") || (data6 === "vault"))){
validate20.errors = [{instancePath:instancePath+"/cluster/product",schemaPath:"#/properties/cluster/properties/product/enum",keyword:"enum",params:{allowedValues: schema31.properties.cluster.properties.product.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid1 = _errs14 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.server_version !== undefined){
const _errs15 = errors;
if(typeof data3.server_version !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/server_version",schemaPath:"#/properties/cluster/properties/server_version/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid1 = _errs15 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.nodes !== undefined){
let data8 = data3.nodes;
const _errs17 = errors;
if(errors === _errs17){
if(Array.isArray(data8)){
var valid2 = true;
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
const _errs19 = errors;
if(errors === _errs19){
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
let missing2;
if((((data9.address === undefined) && (missing2 = "address")) || ((data9.role === undefined) && (missing2 = "role"))) || ((data9.state === undefined) && (missing2 = "state"))){
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0,schemaPath:"#/properties/cluster/properties/nodes/items/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"}];
return false;
}
else {
const _errs21 = errors;
for(const key2 in data9){
if(!(((key2 === "address") || (key2 === "role")) || (key2 === "state"))){
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0,schemaPath:"#/properties/cluster/properties/nodes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs21 === errors){
if(data9.address !== undefined){
const _errs22 = errors;
if(errors === _errs22){
if(errors === _errs22){
if(!(typeof data9.address === "string")){
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0+"/address",schemaPath:"#/properties/cluster/properties/nodes/items/properties/address/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid3 = _errs22 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data9.role !== undefined){
let data11 = data9.role;
const _errs24 = errors;
if(!(((data11 === "active") || (data11 === "standby")) || (data11 === "unknown"))){
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0+"/role",schemaPath:"#/properties/cluster/properties/nodes/items/properties/role/enum",keyword:"enum",params:{allowedValues: schema31.properties.cluster.properties.nodes.items.properties.role.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid3 = _errs24 === errors;
}
else {
var valid3 = true;
}
if(valid3){
if(data9.state !== undefined){
let data12 = data9.state;
const _errs25 = errors;
if(!((((data12 === "serving") || (data12 === "forwarding")) || (data12 === "sealed")) || (data12 === "unreachable"))){
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0+"/state",schemaPath:"#/properties/cluster/properties/nodes/items/properties/state/enum",keyword:"enum",params:{allowedValues: schema31.properties.cluster.properties.nodes.items.properties.state.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid3 = _errs25 === errors;
}
else {
var valid3 = true;
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/nodes/" + i0,schemaPath:"#/properties/cluster/properties/nodes/items/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid2 = _errs19 === errors;
if(!valid2){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/nodes",schemaPath:"#/properties/cluster/properties/nodes/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid1 = _errs17 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.lock !== undefined){
const _errs26 = errors;
if(typeof data3.lock !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/lock",schemaPath:"#/properties/cluster/properties/lock/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid1 = _errs26 === errors;
}
else {
var valid1 = true;
}
if(valid1){
if(data3.binary_check !== undefined){
let data14 = data3.binary_check;
const _errs28 = errors;
if(errors === _errs28){
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
let missing3;
if(((data14.command === undefined) && (missing3 = "command")) || ((data14.files === undefined) && (missing3 = "files"))){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check",schemaPath:"#/properties/cluster/properties/binary_check/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'"}];
return false;
}
else {
const _errs30 = errors;
for(const key3 in data14){
if(!((key3 === "command") || (key3 === "files"))){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check",schemaPath:"#/properties/cluster/properties/binary_check/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs30 === errors){
if(data14.command !== undefined){
let data15 = data14.command;
const _errs31 = errors;
if(errors === _errs31){
if(Array.isArray(data15)){
if(data15.length < 1){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/command",schemaPath:"#/properties/cluster/properties/binary_check/properties/command/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"}];
return false;
}
else {
var valid5 = true;
const len1 = data15.length;
for(let i1=0; i1<len1; i1++){
const _errs33 = errors;
if(typeof data15[i1] !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/command/" + i1,schemaPath:"#/properties/cluster/properties/binary_check/properties/command/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid5 = _errs33 === errors;
if(!valid5){
break;
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/command",schemaPath:"#/properties/cluster/properties/binary_check/properties/command/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid4 = _errs31 === errors;
}
else {
var valid4 = true;
}
if(valid4){
if(data14.files !== undefined){
let data17 = data14.files;
const _errs35 = errors;
if(errors === _errs35){
if(Array.isArray(data17)){
var valid6 = true;
const len2 = data17.length;
for(let i2=0; i2<len2; i2++){
let data18 = data17[i2];
const _errs37 = errors;
if(errors === _errs37){
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
let missing4;
if(((data18.command === undefined) && (missing4 = "command")) || ((data18.sha256 === undefined) && (missing4 = "sha256"))){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files/" + i2,schemaPath:"#/properties/cluster/properties/binary_check/properties/files/items/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'"}];
return false;
}
else {
const _errs39 = errors;
for(const key4 in data18){
if(!((key4 === "command") || (key4 === "sha256"))){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files/" + i2,schemaPath:"#/properties/cluster/properties/binary_check/properties/files/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs39 === errors){
if(data18.command !== undefined){
const _errs40 = errors;
if(typeof data18.command !== "string"){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files/" + i2+"/command",schemaPath:"#/properties/cluster/properties/binary_check/properties/files/items/properties/command/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid7 = _errs40 === errors;
}
else {
var valid7 = true;
}
if(valid7){
if(data18.sha256 !== undefined){
const _errs42 = errors;
if(errors === _errs42){
if(errors === _errs42){
if(!(typeof data18.sha256 === "string")){
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files/" + i2+"/sha256",schemaPath:"#/properties/cluster/properties/binary_check/properties/files/items/properties/sha256/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid7 = _errs42 === errors;
}
else {
var valid7 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files/" + i2,schemaPath:"#/properties/cluster/properties/binary_check/properties/files/items/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid6 = _errs37 === errors;
if(!valid6){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check/files",schemaPath:"#/properties/cluster/properties/binary_check/properties/files/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid4 = _errs35 === errors;
}
else {
var valid4 = true;
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster/binary_check",schemaPath:"#/properties/cluster/properties/binary_check/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid1 = _errs28 === errors;
}
else {
var valid1 = true;
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/cluster",schemaPath:"#/properties/cluster/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.changes !== undefined){
let data21 = data.changes;
const _errs44 = errors;
if(errors === _errs44){
if(Array.isArray(data21)){
var valid8 = true;
const len3 = data21.length;
for(let i3=0; i3<len3; i3++){
let data22 = data21[i3];
const _errs46 = errors;
const _errs47 = errors;
if(errors === _errs47){
if(data22 && typeof data22 == "object" && !Array.isArray(data22)){
let missing5;
if((((((data22.subject === undefined) && (missing5 = "subject")) || ((data22.kind === undefined) && (missing5 = "kind"))) || ((data22.action === undefined) && (missing5 = "action"))) || ((data22.fields === undefined) && (missing5 = "fields"))) || ((data22.why === undefined) && (missing5 = "why"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3,schemaPath:"#/$defs/change/required",keyword:"required",params:{missingProperty: missing5},message:"must have required property '"+missing5+"'"}];
return false;
}
else {
const _errs49 = errors;
for(const key5 in data22){
if(!(((((key5 === "subject") || (key5 === "kind")) || (key5 === "action")) || (key5 === "fields")) || (key5 === "why"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3,schemaPath:"#/$defs/change/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs49 === errors){
if(data22.subject !== undefined){
const _errs50 = errors;
if(typeof data22.subject !== "string"){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/subject",schemaPath:"#/$defs/change/properties/subject/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid10 = _errs50 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data22.kind !== undefined){
let data24 = data22.kind;
const _errs52 = errors;
if(!(((data24 === "entry") || (data24 === "mount")) || (data24 === "connection"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/kind",schemaPath:"#/$defs/change/properties/kind/enum",keyword:"enum",params:{allowedValues: schema32.properties.kind.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid10 = _errs52 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data22.action !== undefined){
let data25 = data22.action;
const _errs53 = errors;
if(!(((data25 === "add") || (data25 === "change")) || (data25 === "remove"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/action",schemaPath:"#/$defs/change/properties/action/enum",keyword:"enum",params:{allowedValues: schema32.properties.action.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid10 = _errs53 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data22.fields !== undefined){
let data26 = data22.fields;
const _errs54 = errors;
if(errors === _errs54){
if(Array.isArray(data26)){
var valid11 = true;
const len4 = data26.length;
for(let i4=0; i4<len4; i4++){
let data27 = data26[i4];
const _errs56 = errors;
if(errors === _errs56){
if(data27 && typeof data27 == "object" && !Array.isArray(data27)){
let missing6;
if((((data27.name === undefined) && (missing6 = "name")) || ((data27.from === undefined) && (missing6 = "from"))) || ((data27.to === undefined) && (missing6 = "to"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4,schemaPath:"#/$defs/change/properties/fields/items/required",keyword:"required",params:{missingProperty: missing6},message:"must have required property '"+missing6+"'"}];
return false;
}
else {
const _errs58 = errors;
for(const key6 in data27){
if(!((((key6 === "name") || (key6 === "node")) || (key6 === "from")) || (key6 === "to"))){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4,schemaPath:"#/$defs/change/properties/fields/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs58 === errors){
if(data27.name !== undefined){
const _errs59 = errors;
if(typeof data27.name !== "string"){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4+"/name",schemaPath:"#/$defs/change/properties/fields/items/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid12 = _errs59 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data27.node !== undefined){
const _errs61 = errors;
if(errors === _errs61){
if(errors === _errs61){
if(!(typeof data27.node === "string")){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4+"/node",schemaPath:"#/$defs/change/properties/fields/items/properties/node/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid12 = _errs61 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data27.from !== undefined){
let data30 = data27.from;
const _errs63 = errors;
if((typeof data30 !== "string") && (data30 !== null)){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4+"/from",schemaPath:"#/$defs/change/properties/fields/items/properties/from/type",keyword:"type",params:{type: schema32.properties.fields.items.properties.from.type},message:"must be string,null"}];
return false;
}
var valid12 = _errs63 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data27.to !== undefined){
let data31 = data27.to;
const _errs65 = errors;
if((typeof data31 !== "string") && (data31 !== null)){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4+"/to",schemaPath:"#/$defs/change/properties/fields/items/properties/to/type",keyword:"type",params:{type: schema32.properties.fields.items.properties.to.type},message:"must be string,null"}];
return false;
}
var valid12 = _errs65 === errors;
}
else {
var valid12 = true;
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields/" + i4,schemaPath:"#/$defs/change/properties/fields/items/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid11 = _errs56 === errors;
if(!valid11){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/fields",schemaPath:"#/$defs/change/properties/fields/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid10 = _errs54 === errors;
}
else {
var valid10 = true;
}
if(valid10){
if(data22.why !== undefined){
const _errs67 = errors;
if(typeof data22.why !== "string"){
validate20.errors = [{instancePath:instancePath+"/changes/" + i3+"/why",schemaPath:"#/$defs/change/properties/why/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid10 = _errs67 === errors;
}
else {
var valid10 = true;
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/changes/" + i3,schemaPath:"#/$defs/change/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid8 = _errs46 === errors;
if(!valid8){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/changes",schemaPath:"#/properties/changes/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs44 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.steps !== undefined){
let data33 = data.steps;
const _errs69 = errors;
if(errors === _errs69){
if(Array.isArray(data33)){
var valid13 = true;
const len5 = data33.length;
for(let i5=0; i5<len5; i5++){
const _errs71 = errors;
if(!(validate21(data33[i5], {instancePath:instancePath+"/steps/" + i5,parentData:data33,parentDataProperty:i5,rootData,dynamicAnchors}))){
vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
errors = vErrors.length;
}
var valid13 = _errs71 === errors;
if(!valid13){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/steps",schemaPath:"#/properties/steps/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs69 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.findings !== undefined){
let data35 = data.findings;
const _errs72 = errors;
if(errors === _errs72){
if(Array.isArray(data35)){
var valid14 = true;
const len6 = data35.length;
for(let i6=0; i6<len6; i6++){
let data36 = data35[i6];
const _errs74 = errors;
const _errs75 = errors;
if(errors === _errs75){
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
let missing7;
if((((((((data36.rule === undefined) && (missing7 = "rule")) || ((data36.severity === undefined) && (missing7 = "severity"))) || ((data36.subject === undefined) && (missing7 = "subject"))) || ((data36.message === undefined) && (missing7 = "message"))) || ((data36.fix === undefined) && (missing7 = "fix"))) || ((data36.mounts === undefined) && (missing7 = "mounts"))) || ((data36.nodes === undefined) && (missing7 = "nodes"))){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6,schemaPath:"#/$defs/finding/required",keyword:"required",params:{missingProperty: missing7},message:"must have required property '"+missing7+"'"}];
return false;
}
else {
const _errs77 = errors;
for(const key7 in data36){
if(!(func1.call(schema40.properties, key7))){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6,schemaPath:"#/$defs/finding/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs77 === errors){
if(data36.rule !== undefined){
const _errs78 = errors;
if(typeof data36.rule !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/rule",schemaPath:"#/$defs/finding/properties/rule/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs78 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.severity !== undefined){
let data38 = data36.severity;
const _errs80 = errors;
if(!(((data38 === "error") || (data38 === "warning")) || (data38 === "note"))){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/severity",schemaPath:"#/$defs/finding/properties/severity/enum",keyword:"enum",params:{allowedValues: schema40.properties.severity.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid16 = _errs80 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.subject !== undefined){
const _errs81 = errors;
if(typeof data36.subject !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/subject",schemaPath:"#/$defs/finding/properties/subject/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs81 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.message !== undefined){
const _errs83 = errors;
if(typeof data36.message !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/message",schemaPath:"#/$defs/finding/properties/message/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs83 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.fix !== undefined){
const _errs85 = errors;
if(typeof data36.fix !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/fix",schemaPath:"#/$defs/finding/properties/fix/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs85 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.lines !== undefined){
let data42 = data36.lines;
const _errs87 = errors;
if(errors === _errs87){
if(Array.isArray(data42)){
var valid17 = true;
const len7 = data42.length;
for(let i7=0; i7<len7; i7++){
const _errs89 = errors;
if(typeof data42[i7] !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/lines/" + i7,schemaPath:"#/$defs/finding/properties/lines/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid17 = _errs89 === errors;
if(!valid17){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/lines",schemaPath:"#/$defs/finding/properties/lines/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid16 = _errs87 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.mounts !== undefined){
let data44 = data36.mounts;
const _errs91 = errors;
if(errors === _errs91){
if(Array.isArray(data44)){
var valid18 = true;
const len8 = data44.length;
for(let i8=0; i8<len8; i8++){
const _errs93 = errors;
if(errors === _errs93){
if(errors === _errs93){
if(!(typeof data44[i8] === "string")){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/mounts/" + i8,schemaPath:"#/$defs/finding/properties/mounts/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid18 = _errs93 === errors;
if(!valid18){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/mounts",schemaPath:"#/$defs/finding/properties/mounts/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid16 = _errs91 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.nodes !== undefined){
let data46 = data36.nodes;
const _errs95 = errors;
if(errors === _errs95){
if(Array.isArray(data46)){
var valid19 = true;
const len9 = data46.length;
for(let i9=0; i9<len9; i9++){
const _errs97 = errors;
if(errors === _errs97){
if(errors === _errs97){
if(!(typeof data46[i9] === "string")){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/nodes/" + i9,schemaPath:"#/$defs/finding/properties/nodes/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid19 = _errs97 === errors;
if(!valid19){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/nodes",schemaPath:"#/$defs/finding/properties/nodes/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid16 = _errs95 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.at !== undefined){
const _errs99 = errors;
if(typeof data36.at !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/at",schemaPath:"#/$defs/finding/properties/at/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs99 === errors;
}
else {
var valid16 = true;
}
if(valid16){
if(data36.allowed !== undefined){
const _errs101 = errors;
if(typeof data36.allowed !== "string"){
validate20.errors = [{instancePath:instancePath+"/findings/" + i6+"/allowed",schemaPath:"#/$defs/finding/properties/allowed/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid16 = _errs101 === errors;
}
else {
var valid16 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/findings/" + i6,schemaPath:"#/$defs/finding/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid14 = _errs74 === errors;
if(!valid14){
break;
}
}
}
else {
validate20.errors = [{instancePath:instancePath+"/findings",schemaPath:"#/properties/findings/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs72 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.rehearsal !== undefined){
let data50 = data.rehearsal;
const _errs103 = errors;
const _errs104 = errors;
let valid20 = false;
let passing0 = null;
const _errs105 = errors;
if(data50 !== null){
const err0 = {instancePath:instancePath+"/rehearsal",schemaPath:"#/properties/rehearsal/oneOf/0/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
var _valid0 = _errs105 === errors;
if(_valid0){
valid20 = true;
passing0 = 0;
}
const _errs107 = errors;
const _errs108 = errors;
if(errors === _errs108){
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
let missing8;
if((((data50.stopping_points === undefined) && (missing8 = "stopping_points")) || ((data50.safe === undefined) && (missing8 = "safe"))) || ((data50.unsafe === undefined) && (missing8 = "unsafe"))){
const err1 = {instancePath:instancePath+"/rehearsal",schemaPath:"#/$defs/rehearsal/required",keyword:"required",params:{missingProperty: missing8},message:"must have required property '"+missing8+"'"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
else {
const _errs110 = errors;
for(const key8 in data50){
if(!(((key8 === "stopping_points") || (key8 === "safe")) || (key8 === "unsafe"))){
const err2 = {instancePath:instancePath+"/rehearsal",schemaPath:"#/$defs/rehearsal/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
break;
}
}
if(_errs110 === errors){
if(data50.stopping_points !== undefined){
let data51 = data50.stopping_points;
const _errs111 = errors;
if(!(((typeof data51 == "number") && (!(data51 % 1) && !isNaN(data51))) && (isFinite(data51)))){
const err3 = {instancePath:instancePath+"/rehearsal/stopping_points",schemaPath:"#/$defs/rehearsal/properties/stopping_points/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(errors === _errs111){
if((typeof data51 == "number") && (isFinite(data51))){
if(data51 < 0 || isNaN(data51)){
const err4 = {instancePath:instancePath+"/rehearsal/stopping_points",schemaPath:"#/$defs/rehearsal/properties/stopping_points/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
var valid22 = _errs111 === errors;
}
else {
var valid22 = true;
}
if(valid22){
if(data50.safe !== undefined){
let data52 = data50.safe;
const _errs113 = errors;
if(!(((typeof data52 == "number") && (!(data52 % 1) && !isNaN(data52))) && (isFinite(data52)))){
const err5 = {instancePath:instancePath+"/rehearsal/safe",schemaPath:"#/$defs/rehearsal/properties/safe/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(errors === _errs113){
if((typeof data52 == "number") && (isFinite(data52))){
if(data52 < 0 || isNaN(data52)){
const err6 = {instancePath:instancePath+"/rehearsal/safe",schemaPath:"#/$defs/rehearsal/properties/safe/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
var valid22 = _errs113 === errors;
}
else {
var valid22 = true;
}
if(valid22){
if(data50.unsafe !== undefined){
let data53 = data50.unsafe;
const _errs115 = errors;
if(errors === _errs115){
if(Array.isArray(data53)){
var valid23 = true;
const len10 = data53.length;
for(let i10=0; i10<len10; i10++){
let data54 = data53[i10];
const _errs117 = errors;
if(errors === _errs117){
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
let missing9;
if((((((data54.after === undefined) && (missing9 = "after")) || ((data54.kind === undefined) && (missing9 = "kind"))) || ((data54.problem === undefined) && (missing9 = "problem"))) || ((data54.mounts === undefined) && (missing9 = "mounts"))) || ((data54.nodes === undefined) && (missing9 = "nodes"))){
const err7 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10,schemaPath:"#/$defs/rehearsal/properties/unsafe/items/required",keyword:"required",params:{missingProperty: missing9},message:"must have required property '"+missing9+"'"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
else {
const _errs119 = errors;
for(const key9 in data54){
if(!(((((key9 === "after") || (key9 === "kind")) || (key9 === "problem")) || (key9 === "mounts")) || (key9 === "nodes"))){
const err8 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10,schemaPath:"#/$defs/rehearsal/properties/unsafe/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
break;
}
}
if(_errs119 === errors){
if(data54.after !== undefined){
const _errs120 = errors;
if(typeof data54.after !== "string"){
const err9 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/after",schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/after/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
var valid24 = _errs120 === errors;
}
else {
var valid24 = true;
}
if(valid24){
if(data54.kind !== undefined){
let data56 = data54.kind;
const _errs122 = errors;
if(!((((((((((data56 === "refused") || (data56 === "down")) || (data56 === "entry-missing")) || (data56 === "file-differs")) || (data56 === "other-binary")) || (data56 === "unregistered")) || (data56 === "other-mount")) || (data56 === "late-standby")) || (data56 === "no-leader")) || (data56 === "missed-end"))){
const err10 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/kind",schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema41.properties.unsafe.items.properties.kind.enum},message:"must be equal to one of the allowed values"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var valid24 = _errs122 === errors;
}
else {
var valid24 = true;
}
if(valid24){
if(data54.problem !== undefined){
const _errs123 = errors;
if(typeof data54.problem !== "string"){
const err11 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/problem",schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/problem/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
var valid24 = _errs123 === errors;
}
else {
var valid24 = true;
}
if(valid24){
if(data54.mounts !== undefined){
let data58 = data54.mounts;
const _errs125 = errors;
if(errors === _errs125){
if(Array.isArray(data58)){
var valid25 = true;
const len11 = data58.length;
for(let i11=0; i11<len11; i11++){
const _errs127 = errors;
if(errors === _errs127){
if(errors === _errs127){
if(!(typeof data58[i11] === "string")){
const err12 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/mounts/" + i11,schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/mounts/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
var valid25 = _errs127 === errors;
if(!valid25){
break;
}
}
}
else {
const err13 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/mounts",schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/mounts/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
var valid24 = _errs125 === errors;
}
else {
var valid24 = true;
}
if(valid24){
if(data54.nodes !== undefined){
let data60 = data54.nodes;
const _errs129 = errors;
if(errors === _errs129){
if(Array.isArray(data60)){
var valid26 = true;
const len12 = data60.length;
for(let i12=0; i12<len12; i12++){
const _errs131 = errors;
if(errors === _errs131){
if(errors === _errs131){
if(!(typeof data60[i12] === "string")){
const err14 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/nodes/" + i12,schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/nodes/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
var valid26 = _errs131 === errors;
if(!valid26){
break;
}
}
}
else {
const err15 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10+"/nodes",schemaPath:"#/$defs/rehearsal/properties/unsafe/items/properties/nodes/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
var valid24 = _errs129 === errors;
}
else {
var valid24 = true;
}
}
}
}
}
}
}
}
else {
const err16 = {instancePath:instancePath+"/rehearsal/unsafe/" + i10,schemaPath:"#/$defs/rehearsal/properties/unsafe/items/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
var valid23 = _errs117 === errors;
if(!valid23){
break;
}
}
}
else {
const err17 = {instancePath:instancePath+"/rehearsal/unsafe",schemaPath:"#/$defs/rehearsal/properties/unsafe/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
var valid22 = _errs115 === errors;
}
else {
var valid22 = true;
}
}
}
}
}
}
else {
const err18 = {instancePath:instancePath+"/rehearsal",schemaPath:"#/$defs/rehearsal/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
var _valid0 = _errs107 === errors;
if(_valid0 && valid20){
valid20 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid20 = true;
passing0 = 1;
}
}
if(!valid20){
const err19 = {instancePath:instancePath+"/rehearsal",schemaPath:"#/properties/rehearsal/oneOf",keyword:"oneOf",params:{passingSchemas: passing0},message:"must match exactly one schema in oneOf"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
validate20.errors = vErrors;
return false;
}
else {
errors = _errs104;
if(vErrors !== null){
if(_errs104){
vErrors.length = _errs104;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs103 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
else {
validate20.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate20.errors = vErrors;
return errors === 0;
}
validate20.evaluated = {"props":true,"dynamicProps":false,"dynamicItems":false};
