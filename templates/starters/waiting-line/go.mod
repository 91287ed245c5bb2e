module waitingline

go 1.19
