package machine

// debian612 is the layout of Debian's 6.12 kernels for amd64, from their debugging
// information: a structure and its size, then members and their offsets.
const debian612 = `task_struct 9792
	thread_info.flags 0  thread_info.cpu 20  __state 24  stack 32  usage 40  flags 44  ptrace 48
	on_cpu 52  on_rq 104  prio 108  static_prio 112  normal_prio 116  tasks 2224  mm 2304
	active_mm 2312  exit_state 2328  exit_code 2332  pid 2432  tgid 2436  stack_canary 2440
	real_parent 2448  parent 2456  group_leader 2496  thread_pid 2536  start_time 2776  real_cred 2952
	cred 2960  comm 2976  fs 3040  files 3048  nsproxy 3064  signal 3072  sighand 3080
	rcu_read_lock_nesting 2044  trace_recursion 5072  patch_state 5212
pcpu_hot 64
	current_task 0  preempt_count 8  cpu_number 12  call_depth 16  top_of_stack 24  softirq_pending 40
module 1280
	state 0  list 8  name 24  mkobj 80  version 184  srcversion 192  holders_dir 200  kp 264  num_kp 272
	init 312  mem 320  taints 848  args 944  percpu 952  percpu_size 960  klp 1152  klp_alive 1153
	klp_info 1160  source_list 1168  target_list 1184  exit 1200  refcnt 1208
klp_patch 200
	mod 0  objs 8  states 16  replace 24  list 32  kobj 48  obj_list 112  enabled 128  forced 129
	free_work 136  finish 168
klp_object 168
	name 0  funcs 8  callbacks 16  kobj 56  func_list 120  node 136  mod 152  dynamic 160  patched 161
klp_func 152
	old_name 0  new_func 8  old_sympos 16  old_func 24  kobj 32  node 96  stack_node 112  old_size 128
	new_size 136  nop 144  patched 145  transition 146
klp_state 24
	id 0  version 8  data 16
ftrace_ops 216
	func 0  flags 16  trampoline 144
completion 32
	done 0  wait 8
mutex 32
	owner 0  wait_lock 8  wait_list 16
rw_semaphore 40
	count 0  owner 8  wait_list 24
wait_queue_head 24
	lock 0  head 8
wait_queue_entry 40
	flags 0  private 8  func 16  entry 24
work_struct 32
	data 0  entry 8  func 24
delayed_work 88
	work 0  timer 32  wq 72  cpu 80
timer_list 40
	entry 0  expires 16  function 24  flags 32
kobject 64
	name 0  entry 8  parent 24  kset 32  ktype 40  sd 48  kref 56
kset 96
	list 0  list_lock 16  kobj 24  uevent_ops 88
kobj_type 48
	release 0  sysfs_ops 8  default_groups 16
sysfs_ops 16
	show 0  store 8
attribute 16
	name 0  mode 8
kobj_attribute 32
	attr 0  show 16  store 24
attribute_group 40
	name 0  is_visible 8  is_bin_visible 16  attrs 24  bin_attrs 32
seq_file 120
	buf 0  size 8  from 16  count 24  pad_until 32  index 40  read_pos 48  lock 56  op 88  file 104
	private 112
seq_operations 32
	start 0  stop 8  next 16  show 24
proc_ops 96
	proc_flags 0  proc_open 8  proc_read 16  proc_read_iter 24  proc_write 32  proc_lseek 40
	proc_release 48
file 184
	f_mode 12  f_op 16  private_data 32  f_inode 40  f_flags 48  f_pos 112
inode 624
	i_mode 0  i_private 616
kernel_param 40
	name 0  mod 8  ops 16  perm 24  level 26  arg 32
notifier_block 24
	notifier_call 0  next 8  priority 16
va_format 16
	fmt 0  va 8
_ddebug 56
	modname 0  function 8  filename 16  format 24
ratelimit_state 32
	interval 4  burst 8  printed 12  missed 16  flags 20  begin 24
cred 184
	usage 0  uid 8  gid 12  euid 24  egid 28
bug_entry 12
	bug_addr_disp 0  file_disp 4  line 8  flags 10`
