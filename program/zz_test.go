package program_test
import ("testing";"strings";"os";"path/filepath";"sort";"github.com/wayflow-go/wayflow/spec";"github.com/wayflow-go/wayflow/program";"github.com/wayflow-go/wayflow/value";"fmt")
func TestZZ(t *testing.T){
 count:=map[string]int{}
 for _,e:=range readIndex(t){ if !strings.HasPrefix(e.File,"agentspec_valid/"){continue}
  data,_:=os.ReadFile(filepath.Join(conformance,e.File))
  opts:=&spec.LoadOptions{File:strings.TrimPrefix(e.File,"agentspec_valid/"),Values:map[string]value.Value{},Blocked:[]string{}}
  if e.NeedsComponentsFrom!=""{ d,_:=os.ReadFile(filepath.Join(conformance,e.NeedsComponentsFrom)); opts.Components,_=spec.LoadComponents(d,nil)}
  doc,err:=spec.Load(data,opts); if err!=nil{fmt.Println("LOAD",err);continue}
  p,err:=program.Compile(doc.Root); if err!=nil {continue}
  for _,w:=range p.Warnings { count[w.Code]++; if w.Code!="wired-by-name"{ fmt.Println(w)} }
 }
 var ks []string; for k:=range count{ks=append(ks,k)}; sort.Strings(ks); for _,k:=range ks{fmt.Println(k,count[k])}
}
