print("docmost-git-sync")
