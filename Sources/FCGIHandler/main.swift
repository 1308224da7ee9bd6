print("docmost-git-fcgi")
